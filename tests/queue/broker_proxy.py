"""A TCP proxy that can stall, or cut a connection after so many bytes: broken networks on demand."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class Proxy:
    """Forwards a loopback port to ``target`` until told otherwise."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self._bytes_left: int | None = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _t: TracebackType | None,
    ) -> None:
        self._listener.close()
        self.cut()
        self._flowing.set()

    def stall(self) -> None:
        """Forward nothing more, in either direction; connections stay open."""
        self._flowing.clear()

    def resume(self) -> None:
        """Forward again, what was held back included."""
        self._flowing.set()

    def cut(self) -> None:
        """Reset every open connection."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for side in pair:
                with contextlib.suppress(OSError):  # the other end was faster
                    side.shutdown(socket.SHUT_RDWR)
                side.close()

    def cut_after(self, sent: int) -> None:
        """Cut once, when clients have sent ``sent`` more bytes; those do reach the target."""
        self._bytes_left = sent

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._pairs.append((client, server))
            for source, sink, outgoing in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pump, args=(source, sink, outgoing), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket, outgoing: bool) -> None:
        try:
            while chunk := source.recv(2048):
                self._flowing.wait()
                if outgoing and self._bytes_left is not None:
                    sink.sendall(chunk[: self._bytes_left])
                    self._bytes_left -= len(chunk)
                    if self._bytes_left <= 0:
                        self._bytes_left = None
                        self.cuts += 1
                        self.cut()
                        return
                else:
                    sink.sendall(chunk)
        except OSError:
            pass  # cut
        finally:
            for side in (source, sink):
                side.close()
