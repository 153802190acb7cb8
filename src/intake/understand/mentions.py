"""Reading the places out of a text: names that pass the rules, joined to chains down the tree."""

from __future__ import annotations

from dataclasses import dataclass

from intake.understand.place_forms import Form
from intake.understand.place_names import Match, NameIndex
from intake.understand.place_rules import (
    EVERYDAY_PLACES,
    EVERYDAY_STEMS,
    SCHOOL_OR_CLINIC,
    Role,
    after_link,
    begins_here,
    has_direction,
    is_longer_village,
    is_part_of_a_word,
    is_road,
    is_scenery,
    may_name_a_village,
    names_something_else,
    role_of,
    runs_on,
    village_like,
)


@dataclass(slots=True, eq=False)
class Mention:
    """One chain of names in the text, and every area that it may mean.

    ``chained`` means that at least two names support each other. A chain that is named again is the
    same mention with more ``spans``.
    """

    codes: tuple[str, ...]
    spans: list[tuple[int, int]]
    form: Form
    role: Role
    chained: bool = False
    maybe: tuple[str, ...] = ()
    unknown_village: bool = False

    @property
    def certain(self) -> str | None:
        """The one area that is meant, unless it rests on a village's name alone."""
        if (
            len(self.codes) != 1
            or (len(self.codes[0]) == 12 and not self.chained)
            or self.form == "road"
        ):
            return None
        return self.codes[0]


class MentionReader:
    """Finds the mentions in folded texts for one index; keeps nothing between texts."""

    def __init__(self, index: NameIndex) -> None:
        self.index = index

    def read(self, folded: str) -> list[Mention]:
        """Return every place named in a folded text, in order, without overlaps."""
        found: dict[tuple[object, ...], Mention] = {}
        position = 0
        for number, start, end in self.index.find(folded):
            if start < position:
                continue
            head = self.index.match(number, start, end)
            if not self._is_name(head, folded):
                continue
            mention = self._mention(head, folded)
            if mention is None:
                position = end  # a road or firm called after a place holds no other place
                continue
            if self._may_stand(mention, folded):
                position = self._look_for_village(mention, folded)
                said = (
                    mention.codes,
                    mention.maybe,
                    mention.form,
                    mention.role,
                    mention.chained,
                    mention.unknown_village,
                )
                known = found.setdefault(said, mention)
                if known is not mention:
                    known.spans += mention.spans
        return list(found.values())

    def _mention(self, head: Match, folded: str) -> Mention | None:
        """Return the chain that begins with ``head``; None when the head is no place here."""
        index = self.index
        codes, form = head.codes, head.form
        if len(codes) > 1:
            codes = tuple(filter(index.in_scope, codes)) or codes
        spans = [(head.start, head.end)]
        while form != "road":
            end = spans[-1][1]
            tail = self._behind(codes, folded, end)
            if tail is None and len(spans) == 1 and codes != head.codes:
                tail = self._behind(head.codes, folded, end)
            if tail is None or not self._continues(tail, folded):
                break
            codes, form = tail.codes, tail.form
            spans.append((tail.start, tail.end))
        frail = form == "stem" or len(codes[0]) == 12
        if frail and len(spans) == 1 and self._is_called_after(head, folded):
            return None
        role = role_of(folded, head.start, spans[-1][1])
        return Mention(codes, spans, form, role, len(spans) > 1)

    def _is_name(self, match: Match, folded: str) -> bool:
        """Return whether the characters around a name leave it a name."""
        start, end = match.start, match.end
        if match.form == "stem" or end - start == 2:
            spoiled = is_part_of_a_word(folded, start, end)
        else:
            spoiled = runs_on(folded, end)
        if match.form != "stem" and not spoiled:
            # 冠县大街 is a road, 阳谷县某村路 too; 大岭镇大街 lies in the town.
            may_name_a_road = match.form == "alias" or len(match.codes[0]) in (6, 12)
            spoiled = may_name_a_road and is_road(folded, end)
        return not spoiled or self._leads_on(match, folded)

    def _is_called_after(self, head: Match, folded: str) -> bool:
        """Return whether a name alone is part of something's that is called after it (冯村花园)."""
        directed = head.form == "stem" and has_direction(folded, head.start)
        return directed or names_something_else(folded, head.end)

    def _leads_on(self, match: Match, folded: str) -> bool:
        """Return whether a place within it is named right behind, in full: then it is a place itself."""
        behind = self._behind(match.codes, folded, match.end)
        return behind is not None and behind.form != "stem"

    def _behind(self, codes: tuple[str, ...], folded: str, end: int) -> Match | None:
        """Return the next name down the tree, at once or after a link (下面高乡 is a name, 下面 a link)."""
        found = self.index.continuation(codes, folded, end)
        if found is None and (at := after_link(folded, end)) != end:
            found = self.index.continuation(codes, folded, at)
        return found

    def _continues(self, tail: Match, folded: str) -> bool:
        """Return whether a name below the last one belongs to the chain."""
        if not self._is_name(tail, folded):
            return False
        level = len(tail.codes[0])
        if level == 12 and tail.form != "full":
            end = tail.end
            if is_longer_village(folded, end) or names_something_else(folded, end):
                return False
        if tail.form != "stem":
            return True
        name = folded[tail.start : tail.end]
        if level >= 9 and (len(name) == 2 or self._is_loose(name, tail.codes[0])):
            return SCHOOL_OR_CLINIC.match(folded, tail.end) is not None and level == 9
        known = level == 4 or self.index.in_scope(tail.codes[0])
        if known or not self.index.is_everyday(name, tail.codes[0]):
            return not names_something_else(folded, tail.end) or self._leads_on(tail, folded)
        return self._leads_on(tail, folded)

    def _is_loose(self, name: str, code: str) -> bool:
        """Return whether a stem is an everyday word, a road's or a lake's, or that of a street."""
        area = self.index.gazetteer.get(code)
        street = area is not None and area.name.endswith("街道")
        return street or name in EVERYDAY_PLACES or is_scenery(name)

    def _may_stand(self, mention: Mention, folded: str) -> bool:
        """Return whether a mention is sufficient; for a village alone the rules are stricter."""
        if mention.chained:
            # 朝阳平安 may be two words; 重庆渝北, 朝阳望京街道 are not.
            town_by_stems = mention.form == "stem" and len(mention.codes[0]) > 6
            return not town_by_stems or len(mention.spans) > 2 or bool(self.index.scope)
        start, end = mention.spans[0]
        name = folded[start:end]
        small = len(mention.codes[0]) >= 9
        if mention.form == "stem":
            if len(name) == 2 and not begins_here(folded, start):
                return False
            if any(self.index.is_everyday(name, code) for code in mention.codes):
                return False
            if len(mention.codes[0]) == 6 and not self.index.scope:
                return False
            if small and is_scenery(name) and not SCHOOL_OR_CLINIC.match(folded, end):
                return False
            if len(mention.codes[0]) == 12:
                if not SCHOOL_OR_CLINIC.match(folded, end) or not begins_here(folded, start):
                    return False
                self._demote(mention)
                return True
        elif name in EVERYDAY_STEMS or not (
            len(name) > 2 or self.index.scope or begins_here(folded, start)
        ):
            return False
        if small and not begins_here(folded, start):
            mention.maybe, mention.codes = mention.codes, ()
        return True

    def _demote(self, mention: Mention) -> None:
        """Reduce a village that a school is named after to its county; the village is only possible."""
        mention.maybe = mention.codes
        mention.codes = tuple(sorted({code[:6] for code in mention.codes}))

    def _look_for_village(self, mention: Mention, folded: str) -> int:
        """Note villages spelled nearly like the unknown one that follows; return where reading continues."""
        end = mention.spans[-1][1]
        if len(mention.codes) != 1 or len(area := mention.codes[0]) not in (6, 9):
            return end
        if not may_name_a_village(folded, end):
            return end
        village = village_like(folded, after_link(folded, end))
        if village is None:
            return end
        _, stop, stem = village
        if self.index.in_scope(area):
            mention.unknown_village = True
            mention.maybe = self.index.villages_like(area, stem)
        return stop
