"""Ports, the thread and the browser: how a server comes to be reached."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
import threading
import webbrowser
from urllib.parse import quote

import uvicorn
from starlette.types import ASGIApp

from cutaway.errors import SettingError
from cutaway.server.guard import LOOPBACK

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
PORTS_TRIED = 50


def listening_socket(host: str, port: int | None) -> socket.socket:
    """A bound socket. Without a ``port``, the first free one from 8000 on.

    Raises ``SettingError`` when a given port is taken or the host is not one of this machine.
    """
    if port is not None and not 0 <= port <= 65535:
        raise SettingError(f"--port must be from 0 to 65535, got {port}")
    candidates = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED), 0]
    for candidate in candidates:
        try:
            return _bound(host, candidate)
        except PermissionError:
            raise SettingError(
                f"port {candidate} on {host} needs more rights than yours; choose one above 1023"
            ) from None
        except socket.gaierror as e:
            raise SettingError(f"--host {host!r} is not an address of this machine: {e.strerror}") from None
        except OSError as e:
            if e.errno == errno.EADDRNOTAVAIL:
                raise SettingError(f"--host {host!r} is not an address of this machine") from None
            if e.errno != errno.EADDRINUSE:
                raise SettingError(f"cannot listen on {host}, port {candidate}: {e.strerror}") from None
    raise SettingError(f"port {port} on {host} is taken by another program; choose another, or leave out --port")


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # where it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def token_for(host: str, token: str | None) -> str | None:
    """The token a server on ``host`` needs: the given one, or a new one where anyone could ask."""
    if token is not None and not token:
        raise SettingError("--token must not be empty")
    if token is None and host not in LOOPBACK:
        return secrets.token_urlsafe(16)
    return token


def url_of(listener: socket.socket, host: str, token: str | None) -> str:
    """The address to open. Of a server on every interface, the loopback's."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/" + (f"?token={quote(token)}" if token else "")


def uvicorn_server(app: ASGIApp) -> uvicorn.Server:
    """A quiet server: it logs mistakes only, and waits a second for answers under way when it ends."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    return uvicorn.Server(config)


class BackgroundServer:
    """A server in a thread of its own, which ends with the program."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        self._server = uvicorn_server(app)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="cutaway", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and free the port. More than once is fine."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()

    def wait(self) -> None:
        """Until it is closed. Ctrl-C comes through as ``KeyboardInterrupt``."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()


def open_browser(url: str) -> bool:
    """Open ``url`` in a browser with a window; whether there is one.

    A text browser in this terminal could not show the page, and would take the terminal.
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER"):
        return False
    try:
        return browser.open(url)
    except (webbrowser.Error, OSError):
        return False
