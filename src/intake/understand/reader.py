"""The reader: reads category, place, signals and accusations of messages, before any decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intake.areas.gazetteer import Gazetteer
from intake.catalogue import Catalogue
from intake.catalogue.unit_names import UnitNames
from intake.model.decision import Classification, Location
from intake.model.rule_table import compile_now
from intake.understand.accusations import find_accusations
from intake.understand.classify import Classifier
from intake.understand.locate import locate, locator_for
from intake.understand.parts import read_parts
from intake.understand.post import Post, Understanding
from intake.understand.signals import Signals

READ = 8_000
"""Characters of a text that are read; what matters comes before."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads category, place, signals, accusations and parts out of messages.

    Holds the model and the tables that this takes; immutable, so threads may share it. Of the
    catalogue it needs the units' names: where the unit that hands a message in is.
    """

    classifier: Classifier
    gazetteer: Gazetteer
    catalogue: Catalogue
    signals: Signals

    @classmethod
    def of(cls, classifier: Classifier, gazetteer: Gazetteer, catalogue: Catalogue) -> Reader:
        """Compile the word tables of a catalogue."""
        signals = Signals(catalogue.tables.signals.rows)
        return cls(classifier, gazetteer, catalogue, signals)

    @property
    def names(self) -> UnitNames:
        """All names of the catalogue's units, built when first asked for."""
        return UnitNames.of(self.catalogue, self.gazetteer)

    def under(self, catalogue: Catalogue) -> Reader:
        """Return the same reader under another catalogue."""
        return Reader.of(self.classifier, self.gazetteer, catalogue)

    def with_classifier(self, classifier: Classifier) -> Reader:
        """Return the same reader with another classifier."""
        return replace(self, classifier=classifier)

    def with_gazetteer(self, gazetteer: Gazetteer) -> Reader:
        """Return the same reader with other areas."""
        return replace(self, gazetteer=gazetteer)

    def prepare(self, homes: Iterable[str | None]) -> None:
        """Build the tables of names for these home areas, and all rules, now, not while a message waits."""
        for home in homes:
            locator_for(self.gazetteer, (home or "")[:4])
        self.names.find("")
        compile_now()

    def read(self, posts: Sequence[Post]) -> list[Understanding]:
        """Read each message; the answers are in the order of the messages.

        Each step runs over the whole batch, not message by message: model and tables then
        stay in the processor's cache, which saves a third of the time.
        """
        bodies = [post.clean.readable[:READ] for post in posts]
        titled = [(post.clean.title, body) for post, body in zip(posts, bodies, strict=True)]
        texts = [_text(title, body) for title, body in titled]
        classified = self.classifier.classify_all(titled)
        located = [self._locate(post, body) for post, body in zip(posts, bodies, strict=True)]
        signals = [self.signals.find(text) for text in texts]
        accused = [find_accusations(text, self.names) for text in texts]
        parts = read_parts(self.classifier, bodies)
        return [
            Understanding(*found)
            for found in zip(classified, located, signals, accused, texts, parts, strict=True)
        ]

    def read_words(
        self, title: str, body: str, classification: Classification, location: Location
    ) -> Understanding:
        """Read the rest of a message whose category and place are known."""
        text = _text(title, body[:READ])
        return Understanding(
            classification,
            location,
            self.signals.find(text),
            find_accusations(text, self.names),
            text,
        )

    def _locate(self, post: Post, body: str) -> Location:
        own = post.submission
        submitter = self.names.named(own.submitter_unit or "", post.home_area or "")
        return locate(
            self.gazetteer,
            title=post.clean.title,
            text=body,
            form_area=self._form_area(own.form_area, post.home_area),
            home_area=post.home_area,
            submitter_area=submitter.area if submitter else None,
        )

    def _form_area(self, given: str | None, home_area: str | None) -> str | None:
        """Return the code of a form's area, which some channels send as a name."""
        if not given or given.isdigit():
            return given
        found = locate(self.gazetteer, title="", text=given, home_area=home_area)
        return found.area if found.evidence else None


def _text(title: str, body: str) -> str:
    return f"{title}\n{body}" if title else body
