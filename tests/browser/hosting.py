"""A plain static host that compresses, as public ones do: for tests and the bench.

``python tests/browser/hosting.py FOLDER`` serves an exported folder until it is interrupted. With
``--no-policy`` it leaves the Content-Security-Policy out of the pages: tools that `eval` an expression
inside a page, as measure.mjs does with ``--ready``, are refused by it like anybody else.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMPRESSED_ALREADY = {".woff2", ".png"}
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Handler(SimpleHTTPRequestHandler):
    """Answers whole files; a folder is answered with its ``index.html``."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, with_policy: bool = True, directory: str) -> None:
        self.with_policy = with_policy
        super().__init__(*args, directory=directory)  # pyright: ignore[reportArgumentType]

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        packed = path.suffix not in COMPRESSED_ALREADY and "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        body = content(path, path.stat().st_mtime_ns, packed, self.with_policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@functools.lru_cache(maxsize=200)
def content(path: Path, changed: int, packed: bool, with_policy: bool) -> bytes:
    """A file as it is sent; ``changed`` makes a changed file another one."""
    body = path.read_bytes()
    if path.suffix == ".html" and not with_policy:
        body = POLICY.sub(b"", body)
    return gzip.compress(body, compresslevel=6, mtime=0) if packed else body


def host(folder: Path, *, port: int = 0, with_policy: bool = True) -> ThreadingHTTPServer:
    handler = functools.partial(Handler, directory=str(folder), with_policy=with_policy)
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server


@contextmanager
def hosted(folder: Path, *, with_policy: bool = True) -> Iterator[str]:
    """The address at which ``folder`` is served meanwhile."""
    server = host(folder, with_policy=with_policy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve an exported folder as public static hosts do.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-policy", action="store_true")
    asked = parser.parse_args()
    with host(asked.folder, port=asked.port, with_policy=not asked.no_policy) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
