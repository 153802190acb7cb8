"""Signing in: passwords, one-time links, sessions, and what slows down guessing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake.errors import NotFound
from intake.messages import Message
from intake.store import audit, people
from intake.store.engine import Connection, Store

LINK_LIFE = timedelta(minutes=15)
LEAD_ROLES = frozenset({"lead", "admin"})

# 64 MB and three passes took 154 ms on a 2-core machine of 2026; each hash in flight holds its memory.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
_HASHES_AT_ONCE = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Hash a password with argon2id for the ``user`` table."""
    with _HASHES_AT_ONCE:
        return _HASHER.hash(password)


@cache
def _decoy() -> str:
    """Return a hash that no password fits, made with today's parameters."""
    return hash_password(secrets.token_urlsafe(32))


class PasswordCheck:
    """Compares passwords at the same cost whether or not the user exists."""

    def __init__(self) -> None:
        self._decoy = _decoy()  # now, so that the first unknown name does not take longer

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password belongs to the hash; without a hash, False after the same time."""
        with _HASHES_AT_ONCE:
            try:
                _HASHER.verify(password_hash or self._decoy, password)
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None


class Throttle:
    """Counts attempts per key in a sliding window; at most ``_KEYS`` keys are remembered."""

    _KEYS = 10_000

    def __init__(self, clock: Callable[[], datetime], window: timedelta) -> None:
        self._clock = clock
        self._window = window
        self._attempts: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def attempt(self, limits: Sequence[tuple[str, int]]) -> int:
        """Count one attempt under every (key, limit); return the seconds to wait, 0 for none.

        The attempt counts before its outcome is known, so that many at once are not free.
        """
        now = self._clock()
        with self._lock:
            wait = max(self._wait(key, limit, now) for key, limit in limits)
            if wait == 0:
                for key, _ in limits:
                    self._attempts.setdefault(key, deque()).append(now)
                    self._attempts.move_to_end(key)
            while len(self._attempts) > self._KEYS:
                self._attempts.popitem(last=False)
        return wait

    def forgive(self, limits: Sequence[tuple[str, int]]) -> None:
        """Take the last attempt back: it succeeded."""
        with self._lock:
            for key, _ in limits:
                if self._attempts.get(key):
                    self._attempts[key].pop()

    def _wait(self, key: str, limit: int, now: datetime) -> int:
        attempts = self._attempts.get(key, deque())
        while attempts and attempts[0] <= now - self._window:
            attempts.popleft()
        if len(attempts) < limit:
            return 0
        return int((attempts[0] + self._window - now).total_seconds()) + 1


def sign_in_limits(name: str, address: str) -> list[tuple[str, int]]:
    """Return how many failures are allowed: few for one person at one place, more for all of a name
    or of an address, so that a stranger cannot easily lock somebody out.
    """
    return [(f"{name}@{address}", 5), (f"name {name}", 50), (f"address {address}", 50)]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person of a session."""

    user: people.User
    csrf: str
    token_hash: str

    @property
    def name(self) -> str:
        """The user's name, as written into the audit trail."""
        return self.user.name

    @property
    def sees_sensitive(self) -> bool:
        """Return whether 高位办 matters may be shown."""
        return not LEAD_ROLES.isdisjoint(self.user.roles)


class Sessions:
    """Opens, finds and ends sessions and one-time links; the store keeps only hashes of tokens."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], tokens: Callable[[], str], hours: float
    ) -> None:
        self._store = store
        self._clock = clock
        self._tokens = tokens
        self._life = timedelta(hours=hours)

    def find_user(self, name: str) -> people.User | None:
        """Find a user who may sign in."""
        with self._store.read() as connection:
            user = people.find(connection, name)
        return user if user is not None and not user.disabled else None

    def open(self, name: str) -> str:
        """Open a session for a user who proved who they are; returns the token for the cookie."""
        with self._store.write() as connection:
            return self._open(connection, name, "password")

    def find(self, token: str) -> SignedIn | None:
        """Find who a cookie belongs to; nobody when it ended or the user was disabled."""
        with self._store.read() as connection:
            found = people.find_session(connection, digest(token), "session", self._clock())
            user = people.find(connection, found.user) if found else None
        if found is None or user is None or user.disabled:
            return None
        return SignedIn(user, found.csrf, found.token_hash)

    def end(self, signed_in: SignedIn) -> None:
        """Sign out."""
        with self._store.write() as connection:
            if people.end_session(connection, signed_in.token_hash):
                _note(
                    connection,
                    self._clock(),
                    signed_in.name,
                    "user.signed_out",
                    Message("audit.signed_out"),
                )

    def has_link(self, token: str) -> bool:
        """Return whether a one-time link still works; does not use it up."""
        with self._store.read() as connection:
            return people.find_session(connection, digest(token), "link", self._clock()) is not None

    def redeem_link(self, token: str) -> str | None:
        """Use up a one-time link and open a session; None if it is spent, late or unknown."""
        with self._store.write() as connection:
            link = people.find_session(connection, digest(token), "link", self._clock())
            if link is None or not people.end_session(connection, link.token_hash):
                return None
            user = people.find(connection, link.user)
            if user is None or user.disabled:
                return None
            return self._open(connection, user.name, "link")

    def _open(self, connection: Connection, name: str, means: str) -> str:
        now, token = self._clock(), self._tokens()
        people.end_late_sessions(connection, now)
        people.open_session(
            connection, digest(token), "session", name, self._tokens(), now + self._life
        )
        _note(connection, now, name, "user.signed_in", Message("audit.signed_in", {"means": means}))
        return token


def issue_link(
    store: Store, name: str, *, actor: str, at: datetime, tokens: Callable[[], str]
) -> str:
    """Make a one-time sign-in link's token for a user; good for ``LINK_LIFE``.

    Raises ``NotFound`` for a user who does not exist or is disabled.
    """
    token = tokens()
    with store.write() as connection:
        user = people.find(connection, name)
        if user is None or user.disabled:
            raise NotFound(f"There is no active user {name}.", hint="intake user list shows them.")
        people.open_session(connection, digest(token), "link", name, tokens(), at + LINK_LIFE)
        _note(connection, at, actor, "link.issued", Message("audit.link_issued"), entity_id=name)
    return token


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _note(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    said: Message,
    *,
    entity_id: str | None = None,
) -> None:
    row = audit.entry(
        at, actor, action, "user", entity_id or actor, message=said.code, params=said.params
    )
    audit.append(connection, [row])
