"""A simulated city: every channel, served from a corpus of invented messages.

``City(load_corpus(), seed=1).start()`` opens one HTTP server, one mail server and a drop folder,
all on loopback and free ports. ``settings_for`` returns the sources to configure. Time passes only
through ``advance``, which makes edits, replies, ratings and withdrawals appear.
"""

from intake.demo.city import Addresses, City, serve, settings_for
from intake.demo.corpus_message import CorpusMessage, Happening, load_corpus, moved_to
from intake.demo.csv_corpus import corpus_from_csv
from intake.demo.world import SOURCES

__all__ = [
    "SOURCES",
    "Addresses",
    "City",
    "CorpusMessage",
    "Happening",
    "corpus_from_csv",
    "load_corpus",
    "moved_to",
    "serve",
    "settings_for",
]
