"""Supervision of dispatched requests: urging units, sending bad answers back (督办).

A late unit is urged (催办). A unit that answered badly receives the request again (退回重办). Neither
is a return (退单): the unit and the clocks stay the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake import log
from intake.contract import announce
from intake.errors import Refused, Retriable
from intake.messages import ZH, Language, Message, renderer
from intake.model.request import RequestState
from intake.model.standing import Standing
from intake.store import overdue
from intake.store import requests as store_requests
from intake.store.apply import apply
from intake.store.audit import MACHINE
from intake.store.engine import Connection, Store
from intake.store.intents import Intents

INTERVAL = timedelta(minutes=1)
_AT_ONCE = 200

_log = log.get("process")


@dataclass(frozen=True, slots=True)
class Supervision:
    """Urging and sending back; each call commits before it returns (I5)."""

    store: Store
    clock: Callable[[], datetime]
    urge_days: int = 7
    language: Language = ZH

    def urge(self, request_id: str, *, version: int, actor: str, why: str) -> None:
        """Urge the units that have a request.

        Raises ``Refused`` if no unit has it, ``Conflict`` if it is at another version.
        """
        with self.store.write() as connection:
            stored = store_requests.get_unchanged(connection, request_id, version)
            if stored.state is not RequestState.ROUTED:
                raise Refused.of("error.not_routed", id=request_id, state=stored.state.value)
            self._urge(connection, [stored], actor, lambda _standing: why or Message("audit.urged"))

    def rework(self, request_id: str, *, version: int, actor: str, why: str) -> None:
        """Send an answered request back to the units that answered it; ``why`` is what is missing.

        Raises ``Refused`` for a request that is not answered, and without a reason.
        """
        if not why.strip():
            raise Refused.of("error.rework_why")
        with self.store.write() as connection:
            stored = store_requests.get_unchanged(connection, request_id, version)
            if stored.state is not RequestState.ANSWERED:
                raise Refused.of("error.not_answered", id=request_id, state=stored.state.value)
            intents = Intents()
            (answered,) = store_requests.with_decisions(connection, [stored])
            standing = replace(answered, state=RequestState.ROUTED)
            intents.audit(
                actor, "request.reworked", "request", request_id,
                before=answered.state.value, after=standing.state.value, why=why,
            )  # fmt: skip
            intents.announce(announce.reworked(standing, why))
            intents.stand(standing)
            apply(connection, intents, at=self.clock())

    def urge_overdue(self) -> int:
        """Urge all whose time is up, once for each deadline; returns how many there were.

        Not what was late when it came to us: nobody here let it lie; nor what has been late for more than
        ``urge_days``, as everything old is when urging is turned on. Several processes may call this.
        """
        total, since = 0, timedelta(days=self.urge_days)
        while True:
            with self.store.write() as connection:
                late = overdue.claim(connection, now := self.clock(), now - since, _AT_ONCE)
                self._urge(connection, late, MACHINE, _time_is_up)
            total += len(late)
            if len(late) < _AT_ONCE:
                return total

    def run(self, stop: threading.Event) -> None:
        """Urge overdue requests every minute until ``stop`` is set."""
        while not stop.is_set():
            try:
                urged = self.urge_overdue()
            except Retriable as error:
                _log.warning("store.unavailable", reason=error.message)
            else:
                if urged:
                    _log.info("overdue.urged", requests=urged)
            stop.wait(INTERVAL.total_seconds())

    def _urge(
        self,
        connection: Connection,
        stored: list[store_requests.StoredRequest],
        actor: str,
        why: Callable[[Standing], str | Message],
    ) -> None:
        intents = Intents()
        for standing in store_requests.with_decisions(connection, stored):
            said = why(standing)
            intents.audit(actor, "request.urged", "request", standing.id, why=said)
            text = said if isinstance(said, str) else renderer(self.language).render(*said)
            intents.announce(announce.urged(standing, text))
            intents.stand(standing)
        apply(connection, intents, at=self.clock())


def _time_is_up(standing: Standing) -> Message:
    deadlines = standing.decision.deadlines if standing.decision else None
    if deadlines is None or deadlines.finish_by is None:
        return Message("audit.overdue")
    return Message("audit.overdue_since", {"at": deadlines.finish_by.isoformat()})
