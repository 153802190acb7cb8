"""The desk as a server inside this process."""

from __future__ import annotations

import socket
import threading

import uvicorn

from intake.bootstrap import Application
from intake.errors import ConfigurationError
from intake.store import people
from intake.web.app import create_app
from intake.web.context import DeskContext, new_token
from intake.web.security import issue_link

FIRST_USER = "admin"


def desk_context(app: Application) -> DeskContext:
    """Return the desk what it works with."""
    router = app.router
    return DeskContext(
        store=app.store,
        desk=app.desk(),
        back_channel=app.back_channel(),
        cases=app.cases(),
        router=lambda: app.router,
        taxonomy=router.taxonomy,
        gazetteer=router.gazetteer,
        settings=app.settings.desk,
        clock=app.clock,
        vault=app.vault,
        homes={source.name: source.home_area for source in app.settings.source},
    )


class DeskServer:
    """Serves the desk from a thread; the address is bound when this is made."""

    def __init__(self, app: Application) -> None:
        self._app = app
        settings = app.settings.desk
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((settings.host, settings.port))
            self._socket.listen(128)  # from here on a visitor waits instead of being refused
        except OSError as error:
            self._socket.close()
            raise ConfigurationError(
                f"The desk cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
                hint="Set desk.port to a free port, or 0 for any (--desk-port 0).",
            ) from error
        config = uvicorn.Config(
            create_app(desk_context(app)), log_level="warning", access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.serve, name="desk")

    @property
    def address(self) -> str:
        """The address of the desk."""
        if self._app.settings.desk.public_url:
            return self._app.settings.desk.public_url.rstrip("/") + "/"
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}/"

    def sign_in_link(self) -> str:
        """Make a one-time sign-in link for the first user, who is made if nobody is there yet."""
        app = self._app
        with app.store.write() as connection:
            if people.find(connection, FIRST_USER) is None:
                people.add(connection, FIRST_USER, None, ("desk", "lead", "admin"), app.clock())
        token = issue_link(
            app.store, FIRST_USER, actor="intake run", at=app.clock(), tokens=new_token
        )
        return f"{self.address}link/{token}"

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def serve(self) -> None:
        """Serve until stopped."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Stop and wait for requests in hand."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._socket.close()
