"""The addresses: the page, the bundle's files, and ``POST api/run``.

Every 4xx answer is a ``wire.Failure``: one sentence that says what was expected and what came. Runs are
computed in worker threads, so that the server goes on answering while a model works.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import anyio
import anyio.to_thread
import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from cutaway import wire
from cutaway.errors import CutawayError, NameNotFound
from cutaway.page import NOT_BUILT, PAGE
from cutaway.server.guard import Guard
from cutaway.server.resources import BINARY, JSON, MOST_COMPRESSED_BYTES, StaticFolder, accepts_gzip
from cutaway.server.site import RUN_PATH, Site

BODY_LIMIT_BYTES = 1_000_000
"""Of a request; the longest prompt anyone types is far below."""


def application(site: Site, *, token: str | None = None, page: Path = PAGE) -> Starlette:
    """The server of ``site``. With a ``token``, whoever asks must have it; see ``guard``."""
    static = StaticFolder(page)
    workers = anyio.CapacityLimiter(max(2, os.cpu_count() or 2))

    async def run(request: Request) -> Response:
        asked = await _decoded(request)
        body = await anyio.to_thread.run_sync(site.run, asked, limiter=workers)
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if accepts_gzip(request) and len(body) <= MOST_COMPRESSED_BYTES:
            body = await anyio.to_thread.run_sync(gzip.compress, body, 1, limiter=workers)
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=BINARY, headers=headers)

    async def file(request: Request) -> Response:
        path = request.path_params["path"]
        if path in site:
            resource = await anyio.to_thread.run_sync(site.resource, path, limiter=workers)
            return resource.answer(request)
        if path == RUN_PATH:
            raise HTTPException(405, headers={"Allow": "POST"})
        if not path and not static.is_built:
            return Response(NOT_BUILT, status_code=503, media_type="text/plain")
        found = await anyio.to_thread.run_sync(static.find, path, limiter=workers)
        if found is None:
            raise HTTPException(404, f"there is nothing at /{path}; the page is at /")
        return found.answer(request)

    return Starlette(
        routes=[
            Route(f"/{RUN_PATH}", run, methods=["POST"]),
            Route("/{path:path}", file, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={HTTPException: _http_failure, CutawayError: _user_failure, Exception: _crash},
    )


async def _decoded(request: Request) -> wire.RunRequest:
    """The body of a run request. Raises ``HTTPException`` with what is wrong with it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:  # a form posted from another site cannot have this type without asking first
        raise HTTPException(415, f"expected a request of type {JSON}, received {kind or 'none'}")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT_BYTES:
                raise HTTPException(413, f"expected a request of at most {BODY_LIMIT_BYTES:,} bytes, received more")
    except ClientDisconnect:
        raise HTTPException(400, "the request ended before its end") from None
    try:
        return msgspec.json.decode(bytes(body), type=wire.RunRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise HTTPException(400, f"expected a run request such as {_EXAMPLE}: {e}") from None


_EXAMPLE = msgspec.json.encode(wire.RunRequest(model="nano-gpt", text="CBABBC")).decode()


def failure(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal with its reason."""
    return Response(msgspec.json.encode(wire.Failure(sentence)), status, headers, JSON)


def _http_failure(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = error.detail
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        sentence = f"expected {allowed} at {request.url.path}, received {request.method}"
    return failure(error.status_code, sentence, dict(error.headers or {}))


def _user_failure(request: Request, error: Exception) -> Response:
    return failure(404 if isinstance(error, NameNotFound) else 422, str(error))


def _crash(request: Request, error: Exception) -> Response:
    """A mistake of ours: the visitor hears of it in a sentence; uvicorn writes the traceback to the terminal."""
    return failure(500, "the server met an error of its own; the terminal it runs in says more")
