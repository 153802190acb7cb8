"""The one outgoing HTTP door; httpx lives here and nowhere else."""

from intake.fetch.answer import Fetched, plain_url, sniff
from intake.fetch.fetcher import Fetcher, FetchPolicy

__all__ = ["FetchPolicy", "Fetched", "Fetcher", "plain_url", "sniff"]
