"""Who may ask, and what browsers are told to refuse.

Without a token the server listens on the loopback only, and answers only requests *addressed* to the
loopback: a page elsewhere could otherwise make its own host name point here (DNS rebinding) and read
everything. With a token any host name will do; the token comes once in the address, as ``?token=``,
and then in a cookie, so that it does not stay in the address bar, in history or in logs.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cutaway import wire
from cutaway.page import POLICY

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

CONTENT_SECURITY_POLICY = "; ".join([*POLICY, "frame-ancestors 'none'"])

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware in front of everything, static files too."""

    def __init__(self, app: ASGIApp, *, token: str | None = None) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self.refusal(scope) or self.login(scope)
        await (answer or self.app)(scope, receive, send_guarded)

    def refusal(self, scope: Scope) -> Response | None:
        """An answer to those who may not ask; ``None`` for those who may."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return _refused(403, f"expected a request from this very page, received one from {origin}")
        if self.token is None:
            if hostname(host) not in LOOPBACK:
                return _refused(403, f"expected a request to 127.0.0.1 or localhost, received one to {host!r}")
            return None
        given = _queried(scope).get("token") or _cookies(headers).get(cookie_name(scope), "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return _refused(401, "expected the token that the server was started with, as ?token=... in the address")
        return None

    def login(self, scope: Scope) -> Response | None:
        """Move the token from the address of a page into a cookie. A program's requests stay as they are."""
        query = _queried(scope)
        is_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        if self.token is None or "token" not in query or not is_page:
            return None
        rest = urlencode({k: v for k, v in query.items() if k != "token"})
        # Relative, so that it holds behind a proxy's prefix too; "//host" would be another site.
        here = "./" + scope["path"].rsplit("/", 1)[-1]
        answer = RedirectResponse(here + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(cookie_name(scope), self.token, httponly=True, samesite="lax", path="/")
        return answer


def hostname(host: str) -> str:
    """The name in a ``Host`` header, without port, brackets and capitals."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def cookie_name(scope: Scope) -> str:
    """One per port: browsers keep cookies by host name alone."""
    server = scope.get("server")
    return f"cutaway-{server[1] if server else 0}"


def _queried(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {k: v.value for k, v in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _refused(status: int, sentence: str) -> Response:
    return Response(msgspec.json.encode(wire.Failure(sentence)), status, media_type="application/json")
