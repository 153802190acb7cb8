"""The parts beside the text (place, links, files, a channel's own fields), and which may be published.

In the text only personal data is removed. The parts beside it are kept whole or not at all: a link without a
part leads nowhere, a field without a part means something else. A part with personal data stays with the raw
item.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote

from intake.model.submission import Attachment, Coordinates, Extra, Links, MediaKind, Submission
from intake.normalize import personal


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The parts of a request beside its text; None for a missing one."""

    attachments: tuple[Attachment, ...]
    coordinates: Coordinates | None
    links: Links | None
    extra: Extra | None


def enclosed(submission: Submission, name: str | None = None) -> Enclosed:
    """Return what of a submission's enclosures may be published; ``name`` is the citizen's, if known.

    Of ``extra`` these are the namespaces that the connector declared public. A link or a namespace in
    which a number, an address or a name of a person is found is left out.
    """
    names = [name] if name else []
    links = tuple(link for link in submission.links if _is_impersonal(link, names))
    extra = {
        namespace: submission.extra[namespace]
        for namespace in submission.public_extra
        if namespace in submission.extra and _is_impersonal(_written(submission, namespace), names)
    }
    return Enclosed(
        attachments=_unnamed(submission.attachments),
        coordinates=submission.coordinates,
        links=links or None,
        extra=extra or None,
    )


def _is_impersonal(text: str, names: Iterable[str]) -> bool:
    # Twice: an address within an address is written in its code once more.
    return not personal.find([text, unquote(unquote(text))], names)


def _written(submission: Submission, namespace: str) -> str:
    return json.dumps(submission.extra[namespace], ensure_ascii=False)


def _unnamed(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Attachments under numbers: people name files after themselves."""
    return tuple(
        attachment.model_copy(
            update={
                "name": f"附件{number}{PurePath(attachment.name).suffix[:10].lower()}",
                "kind": attachment.kind or MediaKind.of(attachment.content_type),
            }
        )
        for number, attachment in enumerate(attachments, 1)
    )
