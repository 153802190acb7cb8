"""Whether two requests are about one matter, and how: pure, from two portraits to a relation.

Evidence is of two kinds. *Copied text* (edited, cut, reordered) speaks for one matter unless a name or
an identifying number was swapped: petitions are copied from other places, too. *Different words* count
only when the same named thing has the same thing wrong with it. When in doubt the answer is a
suggestion (``related``), which joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from intake.dedupe.compare import Portrait, TextEvidence, compare_text, conflict
from intake.dedupe.matter import Matter, root, same_name
from intake.dedupe.name_words import LABELS
from intake.request import Channel, Noun, Relation, RelationKind

MODERATE = 0.35  # share of text that is enough if the named thing is the same, too
REDELIVERY_WITHIN = timedelta(days=15)
REWORDED_WITHIN = timedelta(days=150)
SAME_FAULTS = 0.6
JOINING = frozenset({RelationKind.REDELIVERY, RelationKind.REPEAT, RelationKind.SHARED})
_PLACED = ("estate", "body", "school", "village")  # kinds of things that a matter can be about


class Subject(Noun):
    """What relating needs to know of a request.

    ``comparable`` is the text without greetings, pleas and signatures. ``contact_key`` is the blind
    index of the phone, ``person_key`` another stable (hashed) reference to the user; never the value.
    """

    request_id: str
    case_id: str
    source: str
    channel: Channel
    title: str
    comparable: str
    area: str | None = None
    contact_key: str | None = None
    person_key: str | None = None
    received_at: datetime


def relate(subject: Portrait, candidate: Portrait, window: timedelta) -> Relation | None:
    """Say how ``subject`` relates to an earlier request; None if it does not, or to itself."""
    apart = abs(subject.received_at - candidate.received_at)
    if subject.request_id == candidate.request_id or apart > window:
        return None
    text = compare_text(subject, candidate)
    person = _same_person(subject, candidate)
    shared = _shared_names(subject.matter.names, candidate.matter.names)
    swapped = conflict(subject, candidate, copied=text.copied, person=person)
    why = _why(subject, candidate, text, person, shared)
    if swapped:
        if text.copied or (text.score >= MODERATE and shared):
            return _relation(candidate, RelationKind.RELATED, text.score * 0.5, (*why, swapped))
        return None
    joins, score = _same_matter(subject, candidate, text, person, shared, apart)
    if joins:
        return _relation(candidate, _kind(subject, candidate, text, person, apart), score, why)
    if score:
        return _relation(candidate, RelationKind.RELATED, score, why)
    return None


def _same_person(subject: Portrait, candidate: Portrait) -> bool | None:
    """True and False when that is known, None when nobody can tell."""
    verdicts = []
    if subject.contact_key and candidate.contact_key:
        verdicts.append(subject.contact_key == candidate.contact_key)
    if subject.person_key and candidate.person_key:
        equal = subject.person_key == candidate.person_key
        # Other sources number their users differently: a difference there says nothing.
        if equal or subject.source == candidate.source:
            verdicts.append(equal)
    return any(verdicts) if verdicts else None


def _shared_names(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    others = tuple(theirs)
    return tuple(name for name in ours if any(same_name(name, other) for other in others))


def _same_matter(
    subject: Portrait,
    candidate: Portrait,
    text: TextEvidence,
    person: bool | None,
    shared: tuple[str, ...],
    apart: timedelta,
) -> tuple[bool, float]:
    """Give whether the two are one matter, and how strong the evidence is (0: none at all)."""
    if text.copied:
        return True, text.score
    placed = [name for name in shared if _is_focal(name, subject) and _is_focal(name, candidate)]
    faults = _fault_overlap(subject.matter, candidate.matter)
    if text.score >= MODERATE and (placed or (person and faults > 0)):
        return True, text.score
    if placed and apart <= REWORDED_WITHIN and faults >= SAME_FAULTS:
        return True, 0.5 + 0.4 * faults
    if person and placed and (faults > 0 or text.contained >= 0.2):
        return True, 0.5
    if shared and (faults > 0 or text.score >= MODERATE):
        return False, 0.3
    return False, 0.0


def _is_focal(name: str, portrait: Portrait) -> bool:
    """Say whether a named thing is what a message is about: in its title, or first in its text."""
    if name.partition(":")[0] not in _PLACED:
        return False
    placed = [n for n in portrait.matter.names if n.partition(":")[0] in _PLACED]
    titled = [n for n in placed if root(n.partition(":")[2]) in portrait.title]
    return any(same_name(name, n) for n in (titled or placed[:1]))


def _fault_overlap(ours: Matter, theirs: Matter) -> float:
    """Weigh shared concepts of what is wrong against those of the message that names fewer, 0 to 1.

    Zero without a specific one in common: 噪音 alone fits every matter of an estate.
    """
    a, b = set(ours.faults), set(theirs.faults)
    both = a & b
    if not any(not fault.startswith("~") for fault in both):
        return 0.0
    return _weight(both) / max(min(_weight(a), _weight(b)), 1.0)


def _weight(faults: set[str]) -> float:
    return sum(0.25 if fault.startswith("~") else 1.5 for fault in faults)


def _kind(
    subject: Portrait,
    candidate: Portrait,
    text: TextEvidence,
    person: bool | None,
    apart: timedelta,
) -> RelationKind:
    elsewhere = (subject.source, subject.channel) != (candidate.source, candidate.channel)
    if text.identical and person is not False and elsewhere and apart <= REDELIVERY_WITHIN:
        return RelationKind.REDELIVERY
    if person or (person is None and text.identical):
        return RelationKind.REPEAT
    return RelationKind.SHARED


def _why(
    subject: Portrait,
    candidate: Portrait,
    text: TextEvidence,
    person: bool | None,
    shared: tuple[str, ...],
) -> tuple[str, ...]:
    """Give the reasons as a person reads them."""
    why = []
    if person is not None:
        same_phone = subject.contact_key and subject.contact_key == candidate.contact_key
        why.append("电话相同" if same_phone else "同一用户" if person else "不同来电人")
    if text.identical:
        why.append("正文完全相同")
    elif text.copied:
        why.append(f"正文{text.score:.0%}相同")
    for name in shared[:2]:
        kind, _, value = name.partition(":")
        why.append(f"同一{LABELS[kind]}:{value}")
    faults = [f for f in subject.matter.faults if f in candidate.matter.faults]
    if faults and not text.copied:
        why.append("同类问题:" + "、".join(f.removeprefix("~") for f in faults[:3]))
    days = abs(subject.received_at - candidate.received_at).days
    why.append(f"相隔{days}天" if days else "同一天")
    return tuple(why)


def _relation(
    candidate: Portrait, kind: RelationKind, score: float, why: tuple[str, ...]
) -> Relation:
    return Relation(of=candidate.request_id, kind=kind, score=round(min(score, 1.0), 3), why=why)
