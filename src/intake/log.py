"""Structured logging: events named ``noun.past_participle``, and no personal data, ever.

A processor replaces the value of every key that names content or identity. In other strings it masks
everything that looks like a person's number or address.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

REDACTED = "[redacted]"
_DENIED = frozenset(
    {"text", "title", "body", "html", "content", "contact", "name", "phone", "email", "id_card"}
    | {"address", "identity", "password", "token", "secret", "cookie", "authorization", "csrf"}
    | {"key"}
)
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z-])"
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
)


def mask(text: str) -> str:
    """Replace what looks like a phone number, an identity number, a mail address or a password."""
    return _PERSONAL.sub(REDACTED, text)


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Structlog processor: deny the keys that name personal data, mask strings in the others."""
    for key, value in event.items():
        if key in _DENIED:
            event[key] = REDACTED
        elif isinstance(value, str):
            event[key] = mask(value)
        elif isinstance(value, (list, tuple, dict)):
            event[key] = mask(str(value))
        elif isinstance(value, BaseException):
            # The message of a foreign exception may quote its input.
            event[key] = type(value).__name__
    return event


def configure(
    *,
    level: str = "info",
    style: Literal["auto", "json", "console"] = "auto",
    stream: TextIO | None = None,
) -> None:
    """Set up logging once per process; JSON lines unless the stream is a terminal."""
    out = stream or sys.stderr
    pretty = style == "console" or (style == "auto" and out.isatty())
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer()
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_class_only,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def _exception_class_only(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep where an exception came from, drop its message: it may quote a citizen."""
    info = event.pop("exc_info", None)
    if info:
        error = info if isinstance(info, BaseException) else sys.exc_info()[1]
        if error is not None:
            event["error"] = type(error).__name__
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                code = trace.tb_frame.f_code
                event["at"] = f"{code.co_qualname}:{trace.tb_lineno}"
    return event


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of one part of the program."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
