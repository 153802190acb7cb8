"""The HTTP interface for downstream systems: the pull feed, the back-channel, identity.

Every answer that is not a success is ``application/problem+json`` (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from hmac import compare_digest

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake import log
from intake.casework.back_channel import BackMessage
from intake.errors import Forbidden, IntakeError, NotFound
from intake.queue.feed import MOST, read_feed
from intake.store import audit, identities
from intake.web.context import DeskContext
from intake.web.submitted_form import query, read_body

DEFAULT_LIMIT = 100
MESSAGE_LIMIT = 64 * 1024
PROBLEM = "application/problem+json"
ALL = "*"

Handler = Callable[[Request, str, bytes], Response]


class Api:
    """Endpoints under ``/v1``; each needs the bearer token of a configured system."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._log = log.get("desk")
        self._systems = context.settings.systems
        self._tokens: Mapping[str, bytes] = {
            name: _digest(system.token.get_secret_value()) for name, system in self._systems.items()
        }

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/v1/events", self._for_systems(self.events), methods=["GET"]),
            Route("/v1/requests/{id}/messages", self._for_systems(self.message), methods=["POST"]),
            Route("/v1/identity/{ref}", self._for_systems(self.identity), methods=["GET"]),
        ]

    def events(self, http: Request, system: str, _body: bytes) -> Response:
        """Return published events after a position, oldest first, with where to go on."""
        asked = query(http)
        after = asked.number("after") if asked.one("after") else 0
        limit = asked.number("limit") if asked.one("limit") else DEFAULT_LIMIT
        if not 1 <= limit <= MOST:
            return problem(422, f"limit must be from 1 to {MOST}.")
        unit = asked.one("unit") or self._only_unit(system)
        self._speaks_for(system, unit)
        with self._context.store.read() as connection:
            found = read_feed(connection, after, limit, unit)
        last = found[-1][0] if found else after
        # The bodies are JSON as published; written through, an event reads the same as in the queue.
        events = ",".join(f'{{"position":{position},"event":{body}}}' for position, body in found)
        return Response(f'{{"events":[{events}],"next":{last}}}', media_type="application/json")

    def message(self, http: Request, system: str, body: bytes) -> Response:
        """Accept a unit's message about a request; 202 once it is committed, also when repeated."""
        request_id = str(http.path_params["id"])
        try:
            message = BackMessage.model_validate_json(body)
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False)
            fields = [
                {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
                for item in wrong
            ]
            return problem(422, "The message is not valid.", errors=fields)
        if message.request_id != request_id:
            return problem(422, "request_id in the message and in the address differ.")
        self._speaks_for(system, message.unit)
        new = self._context.back_channel.take(message, system)
        self._log.info(
            "back_message.received", request_id=request_id, what=message.what, system=system
        )
        return JSONResponse({"id": message.id, "status": "accepted", "new": new}, 202)

    def identity(self, http: Request, system: str, _body: bytes) -> Response:
        """Redeem a reference for a system with that right: return the identity, after auditing it.

        Raises ``Forbidden`` without the right, ``NotFound`` for an unknown reference.
        """
        vault = self._context.vault
        if vault is None or not self._systems[system].identities:
            raise Forbidden(
                "This system may not redeem identities.", hint="Ask the operator for the right."
            )
        with self._context.store.write() as connection:
            row = identities.find(connection, str(http.path_params["ref"]))
            if row is None:
                raise NotFound("There is no such identity reference.", hint="Check the reference.")
            contact = vault.open(row.request_id, row.key_id, row.fields)
            note = audit.entry(
                self._context.clock(), f"system:{system}", "identity.disclosed", "request",
                row.request_id, message="audit.identity_redeemed",
            )  # fmt: skip
            audit.append(connection, [note])
            request_id = row.request_id
        self._log.info("identity.disclosed", request_id=request_id, system=system)
        return JSONResponse(
            {"request_id": request_id, "contact": contact.model_dump(exclude_defaults=True)}
        )

    def _only_unit(self, system: str) -> str | None:
        """Return the unit that a system with one unit means when it names none."""
        units = self._systems[system].units
        return units[0] if len(units) == 1 and units[0] != ALL else None

    def _speaks_for(self, system: str, unit: str | None) -> None:
        units = self._systems[system].units
        if ALL not in units and unit not in units:
            raise Forbidden(
                f"This system may not act for {unit or 'all units'}.",
                hint="Name one of its own units, or ask the operator for the right.",
            )

    def _for_systems(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(http: Request) -> Response:
            system = self._system(http)
            if system is None:
                return problem(
                    401, "A bearer token of a configured system is needed.",
                    headers={"WWW-Authenticate": "Bearer"},
                )  # fmt: skip
            body = await read_body(http, MESSAGE_LIMIT)
            return await run_in_threadpool(handler, http, system, body)

        return endpoint

    def _system(self, http: Request) -> str | None:
        """Return the system of a token; all tokens are compared, so that the time shows nothing."""
        scheme, _, token = http.headers.get("authorization", "").partition(" ")
        given = _digest(token.strip())
        fitting = [name for name, digest in self._tokens.items() if compare_digest(given, digest)]
        return fitting[0] if fitting and scheme.lower() == "bearer" else None


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """Write an error for a program (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=headers, media_type=PROBLEM)


def refused(error: IntakeError, status: int) -> Response:
    """Write one of our errors for a program."""
    return problem(status, error.message, hint=error.hint)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
