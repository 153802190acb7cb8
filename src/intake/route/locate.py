"""Where a matter is: from the names in the text, the form, the submitter and the source's home.

The rules, in order: a name stands for itself only inside the home (city or province); elsewhere
it needs a chain from city to county. Names that follow each other down the tree are one chain.
Names of the sender's origin are not the matter's place. Several meanings are narrowed by the other
names, then the form, the submitter and the home; what stays open is kept as candidates below their
common ancestor. A village is asserted only inside a county or town that is known otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from intake.decision import AreaCandidate, Location
from intake.request import Span
from intake.route.areas import Gazetteer, related
from intake.route.mentions import Mention, MentionReader
from intake.route.place_forms import Form, fold
from intake.route.place_names import NameIndex
from intake.route.place_rules import DeixisLevel, deixis

MOST_CANDIDATES = 5
LENGTH_OF_LEVEL: dict[DeixisLevel, int] = {
    "province": 2,
    "city": 4,
    "county": 6,
    "town": 9,
    "village": 12,
}

# How sure each kind of evidence is; the order matters more than the digits.
LONG_CHAIN, CHAIN, AGREED = 0.97, 0.95, 0.9
BARE: dict[Form, float] = {"full": 0.8, "alias": 0.8, "variant": 0.7, "stem": 0.75}
BARE_VILLAGE, RESIDENCE, SHARED, DEIXIS = 0.7, 0.6, 0.6, 0.7
COUNTY_OF_VILLAGE, OUTSIDE = 0.55, 0.6
FORM_ONLY, SUBMITTER_ONLY, CONFLICT, HOME_ONLY = 0.5, 0.4, 0.4, 0.3


class Note(StrEnum):
    """Why an area is shallow or unsure, or where it comes from; joined in ``Location.note``."""

    AMBIGUOUS = "ambiguous"
    SEVERAL_PLACES = "several_places"
    VILLAGE_UNCERTAIN = "village_uncertain"
    OUTSIDE_HOME = "outside_home"
    RESIDENCE = "residence"
    FORM_CONFLICT = "form_conflict"
    DEIXIS = "deixis"
    FORM_AREA = "form_area"
    SUBMITTER_AREA = "submitter_area"
    HOME_AREA = "home_area"


@dataclass(slots=True)
class Finding:
    """What is decided so far; becomes a :class:`Location`."""

    area: str | None
    confidence: float
    mentions: list[Mention] = field(default_factory=list)
    candidates: dict[str, float] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def suggest(self, codes: Iterable[str], score: float) -> None:
        """Keep areas for the desk to choose from, with the best score each has had."""
        for code in codes:
            self.candidates[code] = max(score, self.candidates.get(code, 0.0))


def locate(
    gazetteer: Gazetteer,
    *,
    title: str,
    text: str,
    form_area: str | None = None,
    home_area: str | None = None,
    submitter_area: str | None = None,
) -> Location:
    """The deepest area that the evidence carries, with what in the text says so.

    Offsets in ``evidence`` count characters of ``title + "\\n" + text``, or of ``text`` alone when
    the title is empty. ``area`` is None when nothing at all is known. Area codes that the gazetteer
    does not know are cut to their deepest known ancestor.
    """
    known = (_known(gazetteer, code) for code in (form_area, submitter_area, home_area))
    form, submitter, home = known
    scope = home or form or submitter or ""
    return locator_for(gazetteer, scope[:4]).locate(
        f"{title}\n{text}" if title else text, form=form, submitter=submitter, home=home
    )


@lru_cache(maxsize=16)
def locator_for(gazetteer: Gazetteer, scope: str) -> Locator:
    """The locator of a home city or province, built once (``""``: no home, names need chains)."""
    return Locator(gazetteer, scope)


@lru_cache(maxsize=4096)
def _known(gazetteer: Gazetteer, code: str | None) -> str | None:
    path = gazetteer.path(code) if code else ()
    return path[-1].code if path else None


class Locator:
    """Reads places out of texts for one home; threads may share it."""

    def __init__(self, gazetteer: Gazetteer, scope: str) -> None:
        self.gazetteer = gazetteer
        self.scope = scope
        self.reader = MentionReader(NameIndex(gazetteer, scope))

    def locate(
        self, content: str, *, form: str | None, submitter: str | None, home: str | None
    ) -> Location:
        """See :func:`locate`; codes must be known to the gazetteer."""
        folded = fold(content)
        mentions = self.reader.read(folded)
        finding = self._from_text(mentions, [code for code in (form, submitter, home) if code])
        if form:
            finding = self._with_form(finding, form)
        if finding.area is None or (home and home.startswith(finding.area) and not form):
            self._from_priors(finding, folded, form=form, submitter=submitter, home=home)
        return self._as_location(finding, content)

    def _from_text(self, mentions: list[Mention], priors: list[str]) -> Finding:
        """What the text alone says; priors only choose between meanings."""
        placed = [mention for mention in mentions if mention.role != "origin"]
        local = [mention for mention in placed if self._is_local(mention)]
        incidents = [mention for mention in local if mention.role == "incident"]
        chosen = [mention for mention in incidents if mention.codes]
        finding = Finding(None, 0.0)
        for mention in mentions:
            finding.suggest(mention.maybe, 0.5)
            if mention not in incidents:
                finding.suggest(mention.codes if len(mention.codes) == 1 else (), 0.2)
        if not chosen and (residents := [mention for mention in local if mention.codes]):
            chosen = residents
            finding.notes.append(Note.RESIDENCE)
        if not chosen and (far := [mention for mention in placed if self._is_far_chain(mention)]):
            chosen = far
            finding.notes.append(Note.OUTSIDE_HOME)
        if chosen:
            self._settle(finding, chosen, priors)
        return finding

    def _is_local(self, mention: Mention) -> bool:
        if not self.scope:
            return True
        return any(related(code, self.scope) for code in mention.codes or mention.maybe)

    @staticmethod
    def _is_far_chain(mention: Mention) -> bool:
        single = len(mention.codes) == 1 and len(mention.codes[0]) >= 6
        return mention.chained and single and mention.form == "full"

    def _settle(self, finding: Finding, chosen: list[Mention], priors: list[str]) -> None:
        """Narrow each mention's meanings, then take what all mentions share."""
        fixed = [code for mention in chosen if (code := mention.certain)]
        anchors = [*fixed, *(code[:6] for code in fixed if len(code) > 6), *priors]
        areas: dict[str, float] = {}
        for mention in chosen:
            codes = _narrow(mention.codes, anchors)
            area, confidence = self._meaning(finding, mention, codes, anchors)
            if area is not None:
                areas[area] = max(confidence, areas.get(area, 0.0))
        deepest = [*areas]
        if len(areas) > 1:
            deepest = [one for one in areas if not any(_holds(one, other) for other in areas)]
        within = [one for one in deepest if any(one.startswith(prior) for prior in priors[:1])]
        finding.mentions = chosen
        if len(deepest) == 1 or len(within) == 1:
            finding.area = (within if len(within) == 1 else deepest)[0]
            finding.confidence = areas[finding.area]
            if any(len(one) >= 6 and _holds(one, finding.area) for one in areas):
                finding.confidence = max(finding.confidence, AGREED)
        elif deepest:
            finding.area = self.gazetteer.common(deepest)
            finding.confidence = SHARED
            finding.suggest(deepest, SHARED)
            finding.notes.append(Note.SEVERAL_PLACES)
        if Note.RESIDENCE in finding.notes:
            finding.confidence = min(finding.confidence, RESIDENCE)
        if Note.OUTSIDE_HOME in finding.notes:
            finding.confidence = min(finding.confidence, OUTSIDE)

    def _meaning(
        self, finding: Finding, mention: Mention, codes: tuple[str, ...], anchors: list[str]
    ) -> tuple[str | None, float]:
        """The area one mention asserts and how surely; the rest goes to the candidates."""
        if len(codes) > 1:
            finding.suggest(codes[:MOST_CANDIDATES], 1 / len(codes))
            finding.notes.append(Note.AMBIGUOUS)
            return self.gazetteer.common(codes), SHARED
        code = codes[0]
        if mention.maybe or mention.unknown_village:
            finding.notes.append(Note.VILLAGE_UNCERTAIN)
        if mention.chained:
            return code, LONG_CHAIN if len(mention.spans) > 2 else CHAIN
        if len(code) == 12:
            if any(len(anchor) >= 6 and code.startswith(anchor) for anchor in anchors):
                return code, BARE_VILLAGE
            finding.suggest(codes, COUNTY_OF_VILLAGE)
            finding.notes.append(Note.VILLAGE_UNCERTAIN)
            return self._around_village(mention, code), COUNTY_OF_VILLAGE
        if mention.maybe and mention.form == "stem":
            return code, COUNTY_OF_VILLAGE
        return code, BARE[mention.form]

    def _around_village(self, mention: Mention, code: str) -> str | None:
        """The county of a village named alone, if the name is long and the scope one city.

        A two-character village has namesakes that no table lists, and so has any in a province.
        """
        start, end = mention.spans[0]
        distinct = mention.form == "full" and end - start > 3 and len(self.scope) >= 4
        return code[:6] if distinct else None

    def _with_form(self, finding: Finding, form: str) -> Finding:
        """The form's area and the text's: the deeper of two that agree, else what they share."""
        area = finding.area
        if area is None or form == area:
            if area is not None:
                finding.confidence = max(finding.confidence, AGREED)
            return finding
        if area.startswith(form) and len(form) < 6:
            return finding
        if area.startswith(form):
            finding.confidence = max(finding.confidence, AGREED)
        elif form.startswith(area):
            finding.area, finding.confidence = form, RESIDENCE
            finding.notes.append(Note.FORM_AREA)
        else:
            finding.suggest([form], FORM_ONLY)
            finding.suggest([area], finding.confidence)
            finding.notes.append(Note.FORM_CONFLICT)
            weak = finding.confidence <= SHARED
            finding.area = form if weak else self.gazetteer.common([form, area])
            finding.confidence = CONFLICT
        return finding

    def _from_priors(
        self,
        finding: Finding,
        folded: str,
        *,
        form: str | None,
        submitter: str | None,
        home: str | None,
    ) -> None:
        """Fall back on where the message came from, to the level that 我县 or 本镇 points to."""
        sources = (
            (form, FORM_ONLY, Note.FORM_AREA),
            (None if finding.area else submitter, SUBMITTER_ONLY, Note.SUBMITTER_AREA),
            (home, HOME_ONLY, Note.HOME_AREA),
        )
        for area, confidence, note in sources:
            if area is None or (finding.area and not area.startswith(finding.area)):
                continue
            if area != finding.area:
                finding.area, finding.confidence = area, confidence
                finding.notes.append(note)
            break
        pointed = deixis(folded)
        if pointed is None or finding.area is None or finding.mentions:
            return
        start, end, level = pointed
        length = LENGTH_OF_LEVEL[level]
        if len(finding.area) >= length >= 6 or len(finding.area) == length:
            finding.area = finding.area[:length]
            finding.confidence = max(finding.confidence, DEIXIS if form else FORM_ONLY)
            finding.mentions = [Mention((finding.area,), [(start, end)], "alias", "incident")]
            finding.notes.append(Note.DEIXIS)

    def _as_location(self, finding: Finding, content: str) -> Location:
        area = self.gazetteer.get(finding.area) if finding.area else None
        spans = sorted({span for mention in finding.mentions for span in mention.spans})
        ranked = sorted(finding.candidates.items(), key=lambda item: (-item[1], item[0]))
        return Location(
            area=area.code if area else None,
            level=area.level if area else None,
            confidence=finding.confidence if area else 0.0,
            evidence=tuple(Span(start=s, end=e, text=content[s:e]) for s, e in spans),
            candidates=tuple(
                _candidate(self.gazetteer, code, score)
                for code, score in ranked[:MOST_CANDIDATES]
                if area is None or code != area.code
            ),
            note=";".join(dict.fromkeys(finding.notes)),
        )


@lru_cache(maxsize=4096)
def _candidate(gazetteer: Gazetteer, code: str, score: float) -> AreaCandidate:
    return AreaCandidate(area=code, name=gazetteer.full_name(code), score=score)


def _holds(outer: str, inner: str) -> bool:
    """Whether ``inner`` lies below ``outer``."""
    return inner != outer and inner.startswith(outer)


def _narrow(codes: tuple[str, ...], contexts: Iterable[str]) -> tuple[str, ...]:
    """The meanings that the other evidence allows; one piece of evidence never removes all."""
    for context in contexts:
        if len(codes) == 1:
            break
        codes = tuple(code for code in codes if related(code, context)) or codes
    return codes
