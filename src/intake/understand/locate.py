"""Locating a matter by names in the text, the form, the submitter and the source's home area.

The rules, in order: a single name counts only inside the home (city or province); elsewhere
it needs a chain from city to county. Names that follow each other down the tree are one chain.
The sender's origin is not the matter's place; their home is, if there is nothing better.
Several meanings are narrowed by the other names, then the form, the submitter and the home. The
remaining ones are kept as candidates below their common ancestor. A village is accepted only inside a
county or town that is known otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from intake.areas.gazetteer import LEVEL_OF_LENGTH, Gazetteer, related
from intake.model.clean_text import Span
from intake.model.decision import AreaCandidate, Location
from intake.understand.mentions import Mention, MentionReader
from intake.understand.place_forms import Form, fold
from intake.understand.place_names import NameIndex
from intake.understand.place_rules import DeixisLevel, deixis

MOST_CANDIDATES = 5
MOST_EVIDENCE = 20
LENGTH_OF_LEVEL: dict[DeixisLevel, int] = {
    "province": 2,
    "city": 4,
    "county": 6,
    "town": 9,
    "village": 12,
}

# How sure each kind of evidence is; the order matters more than the digits.
CHAIN, AGREED = 0.95, 0.9
BARE: dict[Form, float] = {"full": 0.8, "alias": 0.8, "variant": 0.7, "stem": 0.75, "road": 0.6}
BARE_VILLAGE, RESIDENCE, SHARED, DEIXIS = 0.7, 0.6, 0.6, 0.7
COUNTY_OF_VILLAGE, OUTSIDE = 0.55, 0.6
FORM_ONLY, SUBMITTER_ONLY, CONFLICT, HOME_ONLY = 0.5, 0.4, 0.4, 0.3


class PlaceNote(StrEnum):
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
class PlaceFinding:
    """The place as found so far; becomes a :class:`Location`."""

    area: str | None
    confidence: float
    mentions: list[Mention] = field(default_factory=list)
    candidates: dict[str, float] = field(default_factory=dict)
    notes: list[PlaceNote] = field(default_factory=list)

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
    """Return the deepest area that the evidence supports, with the words that name it.

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
    """Return the locator of a home city or province, built once (``""``: no home, names need chains)."""
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
        priors = [code for code in (form, submitter, home) if code]
        finding = self._from_text(self.reader.read(folded), priors)
        if form:
            finding = self._with_form(finding, form)
        if finding.area is None or (home and home.startswith(finding.area) and not form):
            self._from_priors(finding, folded, form=form, submitter=submitter, home=home)
        return self._as_location(finding, content)

    def _from_text(self, mentions: list[Mention], priors: list[str]) -> PlaceFinding:
        """Return the place by the text alone; form, submitter and home only choose between meanings."""
        finding = PlaceFinding(None, 0.0)
        incidents: list[Mention] = []
        residents: list[Mention] = []
        far: list[Mention] = []
        for mention in mentions:
            local = mention.role != "origin" and self._is_local(mention)
            incident = local and mention.role == "incident"
            if mention.maybe:
                finding.suggest(mention.maybe, 0.5)
            if not incident and len(mention.codes) == 1:
                finding.suggest(mention.codes, 0.2)
            if not mention.codes or mention.role == "origin":
                continue
            if local:
                (incidents if incident else residents).append(mention)
            elif self._is_far_chain(mention):
                far.append(mention)
        if far and all(self._is_bare_village(mention) for mention in (*incidents, *residents)):
            incidents, residents = [], []  # villages have namesakes everywhere
        chosen = incidents or far or residents
        if not chosen:
            return finding
        if incidents:  # 家住阳谷县安乐镇,聊城的物业…: the home shows the part of the city
            chosen = incidents + [one for one in residents if _is_within(one, incidents)]
        else:
            finding.notes.append(PlaceNote.OUTSIDE_HOME if far else PlaceNote.RESIDENCE)
        self._settle(finding, chosen, priors)
        return finding

    def _is_local(self, mention: Mention) -> bool:
        scope = self.scope
        for code in mention.codes or mention.maybe:
            if code.startswith(scope) or scope.startswith(code):
                return True
        return not scope

    @staticmethod
    def _is_bare_village(mention: Mention) -> bool:
        return not mention.chained and len(mention.codes[0]) == 12

    @staticmethod
    def _is_far_chain(mention: Mention) -> bool:
        single = len(mention.codes) == 1 and len(mention.codes[0]) >= 6
        return mention.chained and single and mention.form == "full"

    def _settle(self, finding: PlaceFinding, chosen: list[Mention], priors: list[str]) -> None:
        """Narrow each mention's meanings, then take what all mentions share."""
        finding.mentions = chosen
        anchors = self._anchors(chosen, priors)
        areas: dict[str, float] = {}
        for mention in chosen:
            area, confidence = self._meaning(finding, mention, anchors)
            if area is not None and confidence > areas.get(area, 0.0):
                areas[area] = confidence
        if len(areas) == 1:
            ((finding.area, finding.confidence),) = areas.items()
        elif areas:
            self._share(finding, areas, priors)
        if PlaceNote.RESIDENCE in finding.notes:
            finding.confidence = min(finding.confidence, RESIDENCE)
        if PlaceNote.OUTSIDE_HOME in finding.notes:
            finding.confidence = min(finding.confidence, OUTSIDE)

    @staticmethod
    def _anchors(chosen: list[Mention], priors: list[str]) -> list[tuple[str, ...]]:
        """Return the sets of areas that narrow a name of several meanings, best first."""
        fixed = [code for mention in chosen if (code := mention.certain)]
        roads = [mention.codes for mention in chosen if mention.form == "road"]
        towns = [code[:6] for code in fixed if len(code) > 6]
        return [*((code,) for code in (*fixed, *towns)), *roads, *((code,) for code in priors)]

    def _share(self, finding: PlaceFinding, areas: dict[str, float], priors: list[str]) -> None:
        """The one area that lies within all others or within the first prior, else what all share."""
        deepest = [one for one in areas if not any(_holds(one, other) for other in areas)]
        within = [one for one in deepest if any(one.startswith(prior) for prior in priors[:1])]
        if len(deepest) == 1 or len(within) == 1:
            finding.area = (within if len(within) == 1 else deepest)[0]
            finding.confidence = areas[finding.area]
            if any(len(one) >= 6 and _holds(one, finding.area) for one in areas):
                finding.confidence = max(finding.confidence, AGREED)
            return
        finding.area = self.gazetteer.common(deepest)
        finding.confidence = SHARED
        finding.suggest(deepest, SHARED)
        finding.notes.append(PlaceNote.SEVERAL_PLACES)

    def _meaning(
        self, finding: PlaceFinding, mention: Mention, anchors: list[tuple[str, ...]]
    ) -> tuple[str | None, float]:
        """Return the area one mention asserts and how surely; the rest goes to the candidates."""
        codes = mention.codes if len(mention.codes) == 1 else _narrow(mention.codes, anchors)
        if len(codes) > 1:
            finding.suggest(codes[:MOST_CANDIDATES], 1 / len(codes))
            if mention.form == "road":
                return None, 0.0
            finding.notes.append(PlaceNote.AMBIGUOUS)
            return self.gazetteer.common(codes), SHARED
        code = codes[0]
        if mention.maybe or mention.unknown_village:
            finding.notes.append(PlaceNote.VILLAGE_UNCERTAIN)
        if mention.chained:
            return code, CHAIN
        if len(code) == 12:
            if any(len(a) >= 6 and code.startswith(a) for anchor in anchors for a in anchor):
                return code, BARE_VILLAGE
            finding.suggest(codes, COUNTY_OF_VILLAGE)
            finding.notes.append(PlaceNote.VILLAGE_UNCERTAIN)
            return self._around_village(mention, code), COUNTY_OF_VILLAGE
        if mention.maybe and mention.form == "stem":
            return code, COUNTY_OF_VILLAGE
        return code, BARE[mention.form] if self.scope else min(BARE[mention.form], OUTSIDE)

    def _around_village(self, mention: Mention, code: str) -> str | None:
        """Return the county of a village named alone, if the name is long and the scope one city.

        A two-character village has namesakes that no table lists, and so has any in a province.
        """
        start, end = mention.spans[0]
        distinct = mention.form == "full" and end - start > 3 and len(self.scope) >= 4
        return code[:6] if distinct else None

    def _with_form(self, finding: PlaceFinding, form: str) -> PlaceFinding:
        """Return the form's area and the text's: the deeper of two that agree, else what they share."""
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
            finding.notes.append(PlaceNote.FORM_AREA)
        else:
            finding.suggest([form], FORM_ONLY)
            finding.suggest([area], finding.confidence)
            finding.notes.append(PlaceNote.FORM_CONFLICT)
            weak = finding.confidence <= SHARED
            finding.area = form if weak else self.gazetteer.common([form, area])
            finding.confidence = CONFLICT
        return finding

    def _from_priors(
        self,
        finding: PlaceFinding,
        folded: str,
        *,
        form: str | None,
        submitter: str | None,
        home: str | None,
    ) -> None:
        """Fall back on where the message came from, to the level that 我县 or 本镇 points to."""
        sources = (
            (form, FORM_ONLY, PlaceNote.FORM_AREA),
            (None if finding.area else submitter, SUBMITTER_ONLY, PlaceNote.SUBMITTER_AREA),
            (home, HOME_ONLY, PlaceNote.HOME_AREA),
        )
        for area, confidence, note in sources:
            if area is None or (finding.area and not area.startswith(finding.area)):
                continue
            if area != finding.area:
                finding.area, finding.confidence = area, confidence
                finding.notes.append(note)
            break
        if finding.area is None or finding.mentions or (pointed := deixis(folded)) is None:
            return
        start, end, level = pointed
        length = LENGTH_OF_LEVEL[level]
        if len(finding.area) >= length >= 6 or len(finding.area) == length:
            finding.area = finding.area[:length]
            finding.confidence = max(finding.confidence, DEIXIS if form else FORM_ONLY)
            finding.mentions = [Mention((finding.area,), [(start, end)], "alias", "incident")]
            finding.notes.append(PlaceNote.DEIXIS)

    def _as_location(self, finding: PlaceFinding, content: str) -> Location:
        area = finding.area
        candidates: tuple[AreaCandidate, ...] = ()
        if finding.candidates:
            finding.candidates.pop(area or "", None)
            ranked = sorted(finding.candidates.items(), key=_best_first)[:MOST_CANDIDATES]
            candidates = tuple(_candidate(self.gazetteer, code, score) for code, score in ranked)
        found = {span for mention in finding.mentions for span in mention.spans[:MOST_EVIDENCE]}
        spans = sorted(found)[:MOST_EVIDENCE]
        return Location(
            area=area,
            level=LEVEL_OF_LENGTH[len(area)] if area else None,
            confidence=finding.confidence if area else 0.0,
            evidence=tuple(Span(start=s, end=e, text=content[s:e]) for s, e in spans),
            candidates=candidates,
            note=";".join(dict.fromkeys(finding.notes)),
        )


def _best_first(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]


@lru_cache(maxsize=4096)
def _candidate(gazetteer: Gazetteer, code: str, score: float) -> AreaCandidate:
    return AreaCandidate(area=code, name=gazetteer.full_name(code), score=score)


def _is_within(inner: Mention, others: Iterable[Mention]) -> bool:
    area = inner.certain
    return area is not None and all(
        other.certain is not None and area.startswith(other.certain) for other in others
    )


def _holds(outer: str, inner: str) -> bool:
    """Return whether ``inner`` lies below ``outer``."""
    return inner != outer and inner.startswith(outer)


def _narrow(codes: tuple[str, ...], contexts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the meanings that the other evidence allows; one piece of evidence never removes all."""
    for context in contexts:
        if len(codes) == 1:
            break
        codes = tuple(code for code in codes if any(related(code, one) for one in context)) or codes
    return codes
