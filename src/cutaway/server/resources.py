"""Bodies as they are served: with a validator for caches, compressed once.

Everything here is made once and sent many times, so each body keeps its own gzip form rather than
being compressed again for every request, as a middleware would.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

JSON = "application/json"
BINARY = "application/octet-stream"
COMPRESSED_TYPES = frozenset({JSON, BINARY, "text/html", "text/css", "text/javascript", "text/plain", "image/svg+xml"})
"""What gzip makes smaller; fonts and pictures are compressed already."""

LEAST_COMPRESSED_BYTES = 512
MOST_COMPRESSED_BYTES = 16_000_000
"""Of files of numbers, which hardly get smaller: many of them take longer to compress than to send."""
REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds a hash of what is in them."""


@dataclass(frozen=True)
class Resource:
    """A body that can be asked for again and again."""

    body: bytes
    media_type: str
    caching: str = REVALIDATE

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def gzipped(self) -> bytes | None:
        """The compressed body; ``None`` where it would not be smaller."""
        if self.media_type not in COMPRESSED_TYPES or len(self.body) < LEAST_COMPRESSED_BYTES:
            return None
        if self.media_type == BINARY and len(self.body) > MOST_COMPRESSED_BYTES:
            return None
        small = gzip.compress(self.body, compresslevel=6, mtime=0)
        return small if len(small) < len(self.body) else None

    def answer(self, request: Request) -> Response:
        """The response to a GET or HEAD, 304 where the asker has this very body."""
        headers = {"ETag": self.etag, "Cache-Control": self.caching, "Vary": "Accept-Encoding"}
        known = request.headers.get("if-none-match", "")
        if self.etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
            return Response(status_code=304, headers=headers)
        body = self.body
        if accepts_gzip(request) and self.gzipped is not None:
            body, headers["Content-Encoding"] = self.gzipped, "gzip"
        return Response(body, media_type=self.media_type, headers=headers)


def accepts_gzip(request: Request) -> bool:
    """Whether the asker can read gzip."""
    codings = request.headers.get("accept-encoding", "").replace(" ", "").lower().split(",")
    return any(coding == "gzip" or (coding.startswith("gzip;q=") and coding != "gzip;q=0") for coding in codings)


@dataclass(frozen=True)
class StaticFolder:
    """The built page. Files are read when asked for and kept until they change on disk."""

    folder: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "_kept", {})

    @property
    def is_built(self) -> bool:
        return (self.folder / "index.html").is_file()

    def find(self, path: str) -> Resource | None:
        """The file at a relative address; ``None`` if there is none inside the folder."""
        file = (self.folder / (path or "index.html")).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            return None
        kept: dict[Path, tuple[int, Resource]] = self.__dict__["_kept"]
        changed = file.stat().st_mtime_ns
        if file not in kept or kept[file][0] != changed:
            hashed = file.parent.name == "assets"
            kept[file] = changed, Resource(file.read_bytes(), media_type_of(file), FOREVER if hashed else REVALIDATE)
        return kept[file][1]


def media_type_of(file: Path) -> str:
    """By the end of the name; what the operating system's table says of JavaScript is not trusted."""
    fixed = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
    return fixed.get(file.suffix) or mimetypes.guess_type(file.name)[0] or BINARY
