"""Keeping requests apart that a person has separated: the same evidence does not join them again."""

from __future__ import annotations

from collections.abc import Sequence

from intake.messages import ZH, Language, Message
from intake.model.request import Relation, RelationKind
from intake.relate.relations import JOINING, Subject
from intake.store.case_changes import apart_from
from intake.store.engine import Connection

Related = tuple[str, Relation | None]


def keep_apart(
    connection: Connection,
    subjects: Sequence[Subject],
    found: list[Related],
    language: Language = ZH,
) -> list[Related]:
    """Turn joins that a person has ruled out into suggestions; the subject then keeps its own case.

    A case is ruled out for a request that was taken out of it, and for other requests of the same person,
    unless they repeat a request of that person in that very case.
    """
    targets = {case for case, relation in found if relation and relation.kind in JOINING}
    marks = apart_from(connection, targets) if targets else []
    if not marks:
        return found
    requests = {(mark.case_id, mark.request_id) for mark in marks}
    people = {(mark.case_id, mark.person) for mark in marks if mark.person}
    own: dict[str, str] = {}  # those kept out: what joined them in this batch follows them
    kept: list[Related] = []
    for subject, (case, relation) in zip(subjects, found, strict=True):
        if relation is None or relation.kind not in JOINING:
            kept.append((case, relation))
        elif (case, subject.request_id) in requests or (
            (case, subject.contact_key) in people and relation.kind is not RelationKind.REPEAT
        ):
            own[subject.request_id] = subject.case_id
            suggestion = relation.model_copy(update={"kind": RelationKind.RELATED})
            told = suggestion.and_also([Message("relation.taken_apart")], language)
            kept.append((subject.case_id, told))
        else:
            kept.append((own.get(relation.of, case), relation))
            if relation.of in own:
                own[subject.request_id] = own[relation.of]
    return kept
