"""Every error the product raises on purpose, named by what the caller must do next.

::

    IntakeError
    ├── Retriable              wait and call again; nothing is wrong with the input
    │   ├── SourceUnavailable  a channel did not answer, or answered with a server error
    │   ├── BrokerUnavailable  the queue did not confirm
    │   └── StoreBusy          the database is locked, full or out of reach
    ├── Skippable              this one item cannot be processed; go on with the others
    │   └── MalformedItem      a raw item that its connector cannot parse
    ├── Fatal                  stop this part of the program; a person has to act
    │   ├── ConfigurationError settings, tables or model files that cannot work
    │   ├── SourceRefused      credentials refused, a login page, a contract broken
    │   └── SchemaMismatch     the database is at another version than the program
    └── Refused                this one action of a person or system is not allowed
        ├── NotFound           no such request, unit, user …
        ├── Conflict           somebody else changed it in the meantime
        └── Forbidden          signed in, but without the right

Foreign exceptions are mapped to these once, where the foreign library is called; the original stays as
``__cause__``.
"""

from __future__ import annotations

from typing import Self

from intake.messages import EN, Language, Message, Param, renderer


class IntakeError(Exception):
    """An error with a message (what happened, to which thing) and a ``hint`` (what to do next).

    Neither holds personal data.

    ``message`` and ``hint`` are English, for logs and the command line. ``coded`` is the same as a
    message of the catalogue, for people who read another language; None where there is none. The hint
    of ``error.x`` is ``error.x.hint``.
    """

    def __init__(self, message: str, *, hint: str = "", coded: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.coded = coded

    @classmethod
    def of(cls, code: str, /, **params: Param) -> Self:
        """Make an error of a message in the catalogue."""
        english, hint = renderer(EN), f"{code}.hint"
        return cls(
            english.render(code, params),
            hint=english.render(hint, params) if english.knows(hint) else "",
            coded=Message(code, params),
        )

    def told(self, language: Language) -> tuple[str, str]:
        """Return what happened and what to do next; English where there is no message for it."""
        if self.coded is None:
            return self.message, self.hint
        words, hint = renderer(language), f"{self.coded.code}.hint"
        params = self.coded.params
        return words.render(self.coded.code, params), (
            words.render(hint, params) if words.knows(hint) else ""
        )

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class Retriable(IntakeError):
    """The same call may succeed later."""


class SourceUnavailable(Retriable):
    """A source did not answer in time, or answered with a server error."""


class BrokerUnavailable(Retriable):
    """The broker is out of reach, blocked, or did not confirm."""


class StoreBusy(Retriable):
    """The database is locked, full or out of reach."""


class Skippable(IntakeError):
    """One item cannot be processed; the others can."""


class MalformedItem(Skippable):
    """A raw item that its connector cannot parse; the message is shown in quarantine."""


class Fatal(IntakeError):
    """This part of the program cannot go on until a person acts."""


class ConfigurationError(Fatal):
    """Settings, tables or model files that cannot work as they are."""


class SourceRefused(Fatal):
    """A source refuses us: credentials, a login page in place of data, a broken contract."""


class SchemaMismatch(Fatal):
    """The database is at another schema version than this program."""


class Refused(IntakeError):
    """One action of a person or of another system is not allowed."""


class NotFound(Refused):
    """No object has this name or id."""


class Conflict(Refused):
    """Somebody else changed the object since it was read."""


class Forbidden(Refused):
    """Signed in, but without the right for this."""
