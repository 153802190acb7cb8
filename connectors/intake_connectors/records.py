"""A row of an interface or a spreadsheet as submissions: shared by hotline, outreach and folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from intake.connect.times import parse_time
from intake.errors import MalformedItem
from intake.model.channel import ChannelName
from intake.model.ids import digest
from intake.model.submission import Contact, MatterType, Rating, RawItem, Submission, SubmissionKind
from intake_connectors.columns import detect, others

Record = dict[str, Any]

KINDS: Mapping[str, SubmissionKind] = {
    **{kind.value: kind for kind in SubmissionKind if kind is not SubmissionKind.POST},
    "追记": SubmissionKind.FOLLOW_UP,
    "补充": SubmissionKind.FOLLOW_UP,
    "追问": SubmissionKind.FOLLOW_UP,
    "催办": SubmissionKind.FOLLOW_UP,
    "评价": SubmissionKind.RATING,
    "回访": SubmissionKind.RATING,
    "答复": SubmissionKind.OFFICIAL_REPLY,
    "回复": SubmissionKind.OFFICIAL_REPLY,
    "撤单": SubmissionKind.WITHDRAWAL,
    "撤回": SubmissionKind.WITHDRAWAL,
    "撤销": SubmissionKind.WITHDRAWAL,
}
"""Sources' words for changes of an order; other entries (签收, 转派) concern only themselves."""

_MATTER_TYPES: Mapping[str, MatterType] = {
    **{kind.value: kind for kind in MatterType},
    "建议": MatterType.SUGGESTION,
    "意见": MatterType.SUGGESTION,
    "建言": MatterType.SUGGESTION,
    "感谢": MatterType.PRAISE,
    "求决": MatterType.HELP,
}
_ON_THE_SPOT = re.compile(r"(?:当场|直接|即时|在线|现场)(?:答复|办结|解答|解决|回复)|on_the_spot")
_WITHDRAWN = re.compile(r"已?(?:撤单|撤回|撤销|撤诉)|withdrawn")
_NO = re.compile(r"否|未|不|没|^(?:0|n|no|false)$", re.I)
_YES = re.compile(r"是|已|满意|解决|^(?:1|y|yes|true)$", re.I)
_MAX_ID = 400  # of 500: room for the suffix of what belongs to a post


@dataclass(frozen=True, slots=True)
class RecordShape:
    """The shape of a source's rows: explicit column names, zone of its clock, channel."""

    channel: ChannelName
    zone: tzinfo
    fields: Mapping[str, str]


def clean(text: str) -> str:
    """Drop NUL and lone surrogates, which no database takes; nothing a citizen meant is lost."""
    text = text.replace("\x00", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def stable_id(text: str) -> str:
    """Return an external id of bounded length; a longer one keeps its head and a fingerprint."""
    text = clean(text).strip()
    return text if len(text) <= _MAX_ID else f"{text[:300]}~{digest(text.encode())[:32]}"


def cell(value: object) -> str | None:
    """Return the text of one cell; None for an absent one and for a nested object."""
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return clean(str(value)).strip()


def to_bytes(record: object) -> bytes:
    """Write a row as JSON, in the order its source gave."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def significant(record: Mapping[str, Any], volatile: frozenset[str]) -> bytes:
    """Return the part of a row whose change makes a revision, in canonical order."""
    kept = {name: value for name, value in record.items() if name not in volatile}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def load_record(item: RawItem) -> Record:
    """Read a raw item's row; ``MalformedItem`` where it is none."""
    try:
        record = json.loads(item.content)
    except (ValueError, RecursionError) as error:
        raise MalformedItem.of("error.item.not_json") from error
    if not isinstance(record, dict):
        raise MalformedItem.of("error.item.not_object", kind=type(record).__name__)
    return record


def submissions(item: RawItem, record: Record, shape: RecordShape) -> list[Submission]:
    """Map one row: the post first, then its later changes."""
    columns = detect(record, shape.fields)
    reader = _Reader(item, record, columns, shape)
    return [reader.post(), *reader.history(), *reader.flat_outcome()]


class _Reader:
    """One row being read; ``columns`` maps our fields to the row's names."""

    def __init__(
        self, item: RawItem, record: Record, columns: Mapping[str, str], shape: RecordShape
    ) -> None:
        self._item, self._record, self._columns, self._shape = item, record, columns, shape
        cells = {field: cell(record.get(name)) for field, name in columns.items()}
        self._get = cells.get  # a field that the row does not have is None

    def _text(self) -> str | None:
        """Return the text; where its column is blank in this row, that of the next usual name."""
        text = self._get("body")
        if not text and "body" not in self._shape.fields:
            columns = others(tuple(self._record), "body")
            text = next(
                (found for name in columns if (found := cell(self._record.get(name)))), None
            )
        return text

    def post(self) -> Submission:
        title, body, place = self._get("title"), self._text(), self._get("place")
        if title is None and body is None:
            raise MalformedItem.of("error.item.no_text")
        body = body or ""
        if place and place not in body:
            # The place is a form field of its own; for a reader it is part of the text.
            body = f"地点：{place}\n{body}"
        return self._submission(
            SubmissionKind.POST,
            self._item.external_id,
            title=title or "",
            body=body,
            submitted_at=self._time("submitted_at"),
            contact=self._contact(),
            addressee=self._get("addressee") or None,
            form_area=self._get("area") or None,
            form_category=self._get("category") or None,
            matter_type=matter_type_of(self._get("matter_type")),
            submitter_unit=self._get("submitter_unit") or None,
            answered_on_the_spot=bool(_ON_THE_SPOT.search(self._get("disposition") or "")),
        )

    def history(self) -> list[Submission]:
        entries = self._record.get(self._columns.get("history", ""))
        if not isinstance(entries, list):
            return []
        counted: dict[SubmissionKind, int] = {}
        found = []
        for entry in entries:
            kind = KINDS.get(_first(entry, "kind", "类型", "环节") or "")
            if kind is None:
                continue
            counted[kind] = counted.get(kind, 0) + 1
            own = _first(entry, "id", "编号") or str(counted[kind])
            found.append(self._happening(kind, own, entry))
        return found

    def _happening(self, kind: SubmissionKind, own: str, entry: Record) -> Submission:
        rating = None
        if kind is SubmissionKind.RATING:
            rating = _rating(
                _first(entry, "solved", "是否解决"),
                _first(entry, "satisfied", "是否满意", "满意度"),
            )
        at = _first(entry, "time", "at", "时间")
        return self._submission(
            kind,
            f"{self._item.external_id}#{kind.value}-{stable_id(own)[:60]}",
            of=self._item.external_id,
            body=_first(entry, "content", "body", "内容") or "",
            submitted_at=parse_time(at, self._shape.zone) if at else None,
            unit=_first(entry, "unit", "单位", "承办单位"),
            rating=rating,
        )

    def flat_outcome(self) -> list[Submission]:
        """Read what exports without a history put into columns: reply, call back, withdrawal."""
        post = self._item.external_id
        found = []
        if reply := self._get("reply"):
            found.append(
                self._submission(
                    SubmissionKind.OFFICIAL_REPLY,
                    f"{post}#official_reply",
                    of=post,
                    body=reply,
                    submitted_at=self._time("reply_at"),
                    unit=self._get("unit"),
                )
            )
        rating = _rating(self._get("solved"), self._get("satisfied"))
        if rating is not None:
            found.append(
                self._submission(SubmissionKind.RATING, f"{post}#rating", of=post, rating=rating)
            )
        if _WITHDRAWN.search(self._get("status") or ""):
            found.append(self._submission(SubmissionKind.WITHDRAWAL, f"{post}#withdrawal", of=post))
        return found

    def _contact(self) -> Contact:
        phone = self._get("phone") or None
        return Contact(
            name=self._get("name") or None,
            phone=phone,
            email=self._get("email") or None,
            id_card=self._get("id_card") or None,
            address=self._get("address") or None,
            virtual_phone=yes_or_no(self._get("virtual_phone")) is True or "转" in (phone or ""),
        )

    def _time(self, field: str) -> datetime | None:
        text = self._get(field)
        return parse_time(text, self._shape.zone) if text else None

    def _submission(self, kind: SubmissionKind, external_id: str, **values: Any) -> Submission:
        return Submission(
            source=self._item.source,
            channel=self._shape.channel,
            external_id=external_id,
            kind=kind,
            **values,
        )


def _first(entry: object, *names: str) -> str | None:
    if not isinstance(entry, dict):
        return None
    return next((text for name in names if (text := cell(entry.get(name)))), None)


def matter_type_of(label: str | None) -> MatterType | None:
    """Read a channel's own label (建言, 感谢) as one of ours; None where it is none of them."""
    return _MATTER_TYPES.get((label or "").strip())


def yes_or_no(text: str | None) -> bool | None:
    """Read 已解决 or 不满意 as yes or no; None where it is neither."""
    if not text:
        return None
    if _NO.search(text):
        return False
    return True if _YES.search(text) else None


def _rating(solved: str | None, satisfied: str | None) -> Rating | None:
    """Read the two questions apart; None where neither was answered."""
    answers = yes_or_no(solved), yes_or_no(satisfied)
    if answers == (None, None):
        return None
    return Rating(solved=answers[0], satisfied=answers[1])
