"""Models from the Hugging Face Hub, through its real client, against a small server that answers like the Hub."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from checkpoint_files import write_checkpoint
from command import Answer
from command import cutaway as command

pytest.importorskip("huggingface_hub")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REFUSED = {"gated": (403, "GatedRepo"), "missing": (404, "RepoNotFound"), "private": (401, "RepoNotFound")}
"""What the Hub answers for such a repository, and the code it gives."""


class Hub(ThreadingHTTPServer):
    """Serves one folder as ``org/name``, and refuses others."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.files = {p.name: p.read_bytes() for p in folder.iterdir()} | {"pytorch_model.bin": b"a pickle"}
        self.asked: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """The three questions that the client asks: what a revision holds, a file's size and hash, and its bytes."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.server
        assert isinstance(hub, Hub)
        path = self.path.partition("?")[0]
        hub.asked.append(f"{self.command} {path}")
        for name, (status, code) in REFUSED.items():
            if f"org/{name}/" in path:
                return self.answer(status, b"{}", {"X-Error-Code": code, "X-Error-Message": "no"})
        if path.startswith("/api/models/org/name/revision/") and path.rpartition("/")[2] not in ("main", "v1", COMMIT):
            return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        if path.startswith("/api/models/org/name/"):
            files = [
                {
                    "type": "file",
                    "path": name,
                    "rfilename": name,
                    "size": len(data),
                    "oid": hashlib.sha1(data).hexdigest(),
                }
                for name, data in hub.files.items()
            ]
            if "/tree/" in path:
                return self.answer(200, json.dumps(files).encode())
            said = {"id": "org/name", "modelId": "org/name", "sha": COMMIT, "siblings": files}
            return self.answer(200, json.dumps(said).encode())
        name = path.rpartition("/")[2]
        if path.startswith("/org/name/resolve/") and name in hub.files:
            data = hub.files[name]
            tag = hashlib.sha256(data).hexdigest()
            return self.answer(200, data, {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT})
        self.answer(404, b"{}", {"X-Error-Code": "EntryNotFound"})

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {
            "Content-Length": str(len(body)),
            "Content-Type": "application/json",
            **(headers or {}),
        }.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(write_checkpoint(tmp_path / "theirs")) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(source: str, hub: Hub, home: Path, *, offline: str = "0") -> Answer:
    return command(
        "run", source, "1 2", HF_HOME=str(home), HF_ENDPOINT=hub.endpoint, NO_PROXY="*", HF_HUB_OFFLINE=offline
    )


def test_a_model_is_fetched_once_and_nothing_that_is_not_read(hub: Hub, tmp_path: Path) -> None:
    first = run("org/name", hub, tmp_path / "cache")
    assert first.code == 0, first
    assert first.out.startswith("name: 2 of at most 6 tokens")
    assert "100%" in first.err  # a progress bar
    got = {line.rpartition("/")[2] for line in hub.asked if line.startswith("GET /org")}
    assert got == {"config.json", "model.safetensors"}
    hub.asked.clear()
    again = run("org/name", hub, tmp_path / "cache")
    assert (again.code, again.out) == (0, first.out)
    assert not [line for line in hub.asked if line.startswith("GET /org")]
    offline = run("org/name", hub, tmp_path / "cache", offline="1")
    assert (offline.code, offline.out) == (0, first.out)


def test_a_revision_is_fetched_by_its_name(hub: Hub, tmp_path: Path) -> None:
    answer = run("org/name@v1", hub, tmp_path / "cache")
    assert answer.code == 0, answer
    assert (tmp_path / "cache/hub/models--org--name/refs/v1").read_text() == COMMIT


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("org/name@v9", "org/name has no branch, tag or commit v9 on the Hugging Face Hub"),
        ("org/gated", "org/gated is given only to those who accepted its terms"),
        ("org/missing", "there is no folder org/missing, and no model of that name on the Hugging Face Hub"),
        ("org/private", "there is no folder org/private, and no model of that name on the Hugging Face Hub"),
    ],
)
def test_what_the_hub_refuses(name: str, message: str, hub: Hub, tmp_path: Path) -> None:
    answer = run(name, hub, tmp_path / "cache")
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err
