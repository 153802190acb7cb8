"""What a connector's author imports: the protocol, the values, fetching, decoding.

Everything named here is public and changes only with a note in the changelog. Modules below it may move.
"""

from intake.connect.answer import Fetched, plain_url, sniff
from intake.connect.connector import (
    Connector,
    ConnectorType,
    Cursor,
    Page,
    SourceConfig,
    SourceContext,
)
from intake.connect.decoding import decode_text
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.connect.times import parse_time
from intake.errors import MalformedItem, SourceRefused, SourceUnavailable
from intake.model.channel import AnswerWay, Channel
from intake.model.submission import (
    Attachment,
    Contact,
    Coordinates,
    MatterType,
    MediaKind,
    Rating,
    RawItem,
    Submission,
    SubmissionKind,
)

__all__ = [
    "AnswerWay",
    "Attachment",
    "Channel",
    "Connector",
    "ConnectorType",
    "Contact",
    "Coordinates",
    "Cursor",
    "FetchPolicy",
    "Fetched",
    "Fetcher",
    "MalformedItem",
    "MatterType",
    "MediaKind",
    "Page",
    "Rating",
    "RawItem",
    "SourceConfig",
    "SourceContext",
    "SourceRefused",
    "SourceUnavailable",
    "Submission",
    "SubmissionKind",
    "decode_text",
    "parse_time",
    "plain_url",
    "sniff",
]
