"""Composing the values that are stored and compared from a prepared post: request and subject."""

from __future__ import annotations

from intake.model.request import Request
from intake.normalize.enclosed import enclosed
from intake.pipeline.prepare import Prepared
from intake.relate import Subject
from intake.store.landing import LandedItem
from intake.store.vault import Vault, masked

COMPARED = 8_000
"""Characters of a text that are compared with others."""


def request_of(
    vault: Vault, part: Prepared, landed: LandedItem, *, revision: int, case: str
) -> Request:
    """Return the request that a post makes; the citizen's identity stays out of it."""
    own, clean = part.submission, part.clean
    found = part.understanding.classification.matter_type if part.understanding else None
    fetched = landed.item.fetched_at
    received = own.submitted_at if own.submitted_at and own.submitted_at < fetched else fetched
    virtual = clean.contact.virtual_phone
    beside = enclosed(own, clean.contact.name)
    return Request(
        id=part.request_id,
        source=own.source,
        channel=own.channel,
        external_id=own.external_id,
        revision=revision,
        case_id=case,
        title=clean.title,
        text=clean.text,
        matter_type=own.matter_type or found,
        submitted_at=own.submitted_at,
        received_at=received,
        addressee=own.addressee,
        form_area=own.form_area,
        form_category=own.form_category,
        submitter_unit=own.submitter_unit,
        answered_on_the_spot=own.answered_on_the_spot,
        contact_masked=masked(clean.contact),
        identity_ref=None if clean.contact.is_empty() else vault.reference(part.request_id),
        reply_over=own.channel,
        attachments=beside.attachments,
        flags=(
            *(("virtual_phone",) if virtual else ()),
            *(("garbled",) if clean.garbled else ()),
        ),
        coordinates=beside.coordinates,
        links=beside.links,
        extra=beside.extra,
    )


def subject_of(vault: Vault, request: Request, part: Prepared) -> Subject:
    """Return the subject of a request: the part that is compared with others."""
    contact = part.clean.contact
    other = contact.email or contact.id_card
    return Subject(
        request_id=request.id,
        case_id=request.case_id,
        source=request.source,
        channel=request.channel,
        title=request.title,
        comparable=part.clean.comparable[:COMPARED],
        area=part.understanding.location.area if part.understanding else request.form_area,
        contact_key=vault.blind(contact.phone),
        person_key=vault.blind(other),
        received_at=request.received_at,
    )
