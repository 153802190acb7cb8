"""A small IMAP server for the city's mailboxes: enough of RFC 3501 to be read by UID and marked.

Each user name is one mailbox with one folder. Flags are lost when the server ends.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, cast

from intake.demo.http_server import HANG_SECONDS, SLOW_SECONDS
from intake.demo.interface_rows import TOKEN
from intake.demo.mails import Letter, letters
from intake.demo.world import SOURCES, World

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+(?:\[[^\]]*\](?:<[\d.]+>)?)?)')
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")
_PARTIAL = re.compile(r"BODY(?:\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")
CAPABILITIES = "IMAP4rev1 UIDPLUS"


class Mailboxes:
    """Serves a world's mailboxes on loopback."""

    def __init__(self, world: World, seed: int, port: int = 0) -> None:
        self.world, self.seed, self._port = world, seed, port
        self.flags: dict[tuple[str, int, int], set[str]] = {}
        self.ended = threading.Event()
        self._made: dict[str, tuple[tuple[str, int], list[Letter]]] = {}
        self._server: socketserver.ThreadingTCPServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen on loopback and return the port."""
        handler = type("CityMail", (_Session,), {"mailboxes": self})
        server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", self._port), handler, bind_and_activate=False
        )
        server.allow_reuse_address = True
        server.daemon_threads = True
        server.server_bind()
        server.server_activate()
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name="city-mail", daemon=True
        )
        self._thread.start()
        return int(server.server_address[1])

    def stop(self) -> None:
        """Stop listening."""
        self.ended.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)

    def letters(self, source: str) -> list[Letter]:
        """Return the letters that are there by now; made once for each moment."""
        moment = (self.world.now.isoformat(), self.validity(source))
        if source not in self._made or self._made[source][0] != moment:
            self._made[source] = (moment, letters(self.world, source))
        return self._made[source][1]

    def validity(self, source: str) -> int:
        """Return the UIDVALIDITY of a mailbox."""
        return self.world.mailboxes.get(source, 1)


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    mailboxes: Mailboxes
    user: str | None = None
    writable: bool = False

    def handle(self) -> None:
        try:
            self._greet()
            while self._step():
                pass
        except (ConnectionError, ValueError, TimeoutError):
            return  # the client left, or speaks another protocol; the connection ends

    def _greet(self) -> None:
        self._say("* OK city mail ready")

    def _step(self) -> bool:
        tokens = self._read_command()
        if not tokens:
            return False
        tag, name = tokens[0], tokens[1].upper() if len(tokens) > 1 else ""
        rest = tokens[2:]
        if name == "UID" and rest:
            name, rest = f"UID {rest[0].upper()}", rest[1:]
        if name == "LOGIN":
            return self._login(tag, rest)
        if self.user is not None and self._faulty(tag):
            return False
        commands: dict[str, Callable[[list[str]], str]] = {
            "CAPABILITY": self._capability,
            "NOOP": lambda _: "OK done",
            "SELECT": lambda rest: self._select(rest, True),
            "EXAMINE": lambda rest: self._select(rest, False),
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "UID STORE": self._store,
        }
        if name == "LOGOUT":
            self._say("* BYE leaving", f"{tag} OK done")
            return False
        command = commands.get(name)
        known = self.user is not None or name in ("CAPABILITY", "NOOP")
        self._say(f"{tag} {command(rest) if command and known else 'BAD not now or unknown'}")
        return True

    def _login(self, tag: str, rest: list[str]) -> bool:
        user, password = [*rest, "", ""][:2]
        if SOURCES.get(user) is None or SOURCES[user].connector != "mailbox":
            user = ""
        self.user = user or None
        if self.user and self._faulty(tag):
            return False
        if not user or password != TOKEN or self._fault() == "login_page":
            self.user = None
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] refused")
        else:
            self._say(f"{tag} OK logged in")
        return True

    def _fault(self) -> str | None:
        return self.mailboxes.world.faults.get(self.user or "")

    def _faulty(self, _tag: str) -> bool:
        """Act out the fault in force; true where the talk ends with it."""
        fault = self._fault()
        if fault == "500":
            self._say("* BYE temporarily unavailable")
        elif fault == "garbage":
            seed = self.mailboxes.seed
            self.wfile.write(Random(seed).randbytes(500) + b"\r\n")  # noqa: S311
        elif fault == "hang":
            for _ in range(int(HANG_SECONDS * 20)):
                if self._fault() != "hang" or self.mailboxes.ended.wait(0.05):
                    break
        elif fault == "slow":
            self.mailboxes.ended.wait(SLOW_SECONDS)
        return fault in ("500", "garbage", "hang")

    def _capability(self, _rest: list[str]) -> str:
        self._say(f"* CAPABILITY {CAPABILITIES}")
        return "OK done"

    def _select(self, rest: list[str], writable: bool) -> str:
        if not rest or rest[0].upper() != "INBOX":
            return "NO no such folder"
        self.writable = writable
        found = self._letters()
        self._say(
            f"* {len(found)} EXISTS",
            "* 0 RECENT",
            "* FLAGS (\\Seen \\Flagged)",
            f"* OK [UIDVALIDITY {self.mailboxes.validity(self.user or '')}] ok",
            f"* OK [UIDNEXT {found[-1].uid + 1 if found else 1}] ok",
        )
        return f"OK [{'READ-WRITE' if writable else 'READ-ONLY'}] done"

    def _search(self, rest: list[str]) -> str:
        """Understand UID sets and HEADER, which is what connectors ask for."""
        found = self._letters()
        position = 0
        while position < len(rest):
            word = rest[position].upper()
            if word == "UID":
                wanted = set(_uids(rest[position + 1], found))
                found = [letter for letter in found if letter.uid in wanted]
                position += 2
            elif word == "HEADER":
                name, value = rest[position + 1].lower(), rest[position + 2].lower()
                found = [letter for letter in found if _has_header(letter, name, value)]
                position += 3
            else:
                position += 1
        self._say("* SEARCH " + " ".join(str(letter.uid) for letter in found))
        return "OK done"

    def _fetch(self, rest: list[str]) -> str:
        found = self._letters()
        wanted = set(_uids(rest[0], found))
        items = [word.upper() for word in rest[1:] if word not in "()"]
        for sequence, letter in enumerate(found, 1):
            if letter.uid in wanted:
                self._answer(sequence, letter, items)
        return "OK done"

    def _answer(self, sequence: int, letter: Letter, items: list[str]) -> None:
        gone = letter.uid in self.mailboxes.world.vanished.get(self.user or "", ())
        parts = [f"UID {letter.uid}".encode()]
        for item in items:
            if item == "RFC822.SIZE":
                parts.append(f"RFC822.SIZE {len(letter.content)}".encode())
            elif item == "FLAGS":
                parts.append(f"FLAGS ({' '.join(sorted(self._flags(letter.uid)))})".encode())
            elif item == "INTERNALDATE":
                parts.append(f'INTERNALDATE "{letter.at:%d-%b-%Y %H:%M:%S %z}"'.encode())
            elif found := _PARTIAL.fullmatch(item):
                parts.append(_body(letter.content, found, gone))
        self.wfile.write(f"* {sequence} FETCH (".encode() + b" ".join(parts) + b")\r\n")

    def _store(self, rest: list[str]) -> str:
        if not self.writable:
            return "NO folder is read-only"
        change = rest[1].upper()
        named = {word for word in rest[2:] if word not in "()"}
        for uid in _uids(rest[0], self._letters()):
            flags = self._flags(uid)
            if change.startswith("-"):
                flags -= named
            else:
                flags |= named
        return "OK done"

    def _flags(self, uid: int) -> set[str]:
        user = self.user or ""
        key = (user, self.mailboxes.validity(user), uid)
        return self.mailboxes.flags.setdefault(key, set())

    def _letters(self) -> list[Letter]:
        return self.mailboxes.letters(self.user or "")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _read_command(self) -> list[str]:
        """Read one command; literals ({n}) are asked for and become words."""
        words: list[str] = []
        while True:
            line = self.rfile.readline(100_000)
            if not line:
                return []
            literal = _LITERAL.search(line)
            words += _words(line[: literal.start()] if literal else line)
            if not literal:
                return words
            if not literal[2]:
                self._say("+ go on")
            words.append(self.rfile.read(int(literal[1])).decode("utf-8", "replace"))


def _words(line: bytes) -> Iterator[str]:
    for quoted, bracket, atom in cast("list[tuple[Any, ...]]", _TOKEN.findall(line)):
        word = atom or bracket or re.sub(rb"\\(.)", rb"\1", quoted)
        yield word.decode("utf-8", "replace")


def _uids(text: str, found: list[Letter]) -> Iterator[int]:
    """Resolve a UID set; ``*`` is the last letter, also where the range begins behind it."""
    last = found[-1].uid if found else 0
    known = {letter.uid for letter in found}
    for part in text.split(","):
        start, _, end = part.partition(":")
        first = last if start == "*" else int(start)
        final = first if not end else last if end == "*" else int(end)
        low, high = min(first, final), max(first, final)
        yield from (uid for uid in sorted(known) if low <= uid <= high)


def _has_header(letter: Letter, name: str, value: str) -> bool:
    head = letter.content.partition(b"\r\n\r\n")[0].lower()
    if value.encode() not in head:  # true of most letters, and cheap to check
        return False
    return any(
        line.startswith(name.encode() + b":") and value.encode() in line
        for line in head.splitlines()
    )


def _body(content: bytes, item: re.Match[str], gone: bool) -> bytes:
    name = "BODY[HEADER]" if item[1] else "BODY[]"
    if item[2]:
        name += f"<{item[2]}>"
    if gone:
        return f"{name} NIL".encode()
    if item[1]:
        content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    if item[2]:
        start = int(item[2])
        content = content[start : start + int(item[3])]
    return f"{name} {{{len(content)}}}\r\n".encode() + content
