"""The server's answers, asked through ASGI; ports and the browser are tested with the command line."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import numpy as np
import pytest

import cutaway
from cutaway import Model, Run
from cutaway.bundle import weights_file
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.server.app import BODY_LIMIT_BYTES, application
from cutaway.server.guard import CONTENT_SECURITY_POLICY
from cutaway.server.site import RUN_PATH, Site

HERE = "http://127.0.0.1:8000"


class Client:
    """Asks an application as a browser would, without a port."""

    def __init__(self, app, host: str = HERE) -> None:
        self.app, self.host, self.cookies = app, host, httpx.Cookies()

    def __call__(self, method: str, path: str, **options) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.host, cookies=self.cookies) as client:
                answer = await client.request(method, path, **options)
                self.cookies.update(client.cookies)
                return answer

        return anyio.run(ask)

    def get(self, path: str, **options) -> httpx.Response:
        return self("GET", path, **options)

    def run(self, **body) -> httpx.Response:
        return self("POST", f"/{RUN_PATH}", json=body)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page."""
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text("<!doctype html><title>Cutaway</title>")
    (tmp_path / "static" / "assets" / "index-abc123.js").write_text("export const x = 1;\n" * 100)
    (tmp_path / "secret.txt").write_text("not to be served")
    return tmp_path / "static"


@pytest.fixture
def ask(nano: Model, page: Path) -> Client:
    return Client(application(Site([nano]), page=page))


def read(body: bytes, tmp_path: Path) -> SafetensorsFile:
    path = tmp_path / "answer.safetensors"
    path.write_bytes(body)
    return SafetensorsFile(path)


def refused(answer: httpx.Response, status: int, *said: str) -> None:
    """That an answer is a refusal with its reason."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    failure = answer.json()
    assert list(failure) == ["error"]
    for part in said:
        assert part in failure["error"]


def test_the_bundle_and_its_values(ask: Client, nano: Model) -> None:
    bundle = ask.get("/bundle.json").json()
    (model,) = bundle["models"]
    assert bundle["capabilities"] == {"run": RUN_PATH}
    assert ask.get("/" + model["weights"]).content == weights_file(nano)
    assert model["run"] is None  # quickly computed by the page


def test_a_run_that_is_given_is_handed_out_as_it_is(nano: Model, nano_run: Run, tmp_path: Path) -> None:
    given = Site([nano], runs={nano.name: nano_run})
    run = read(given.resource("nano-gpt/run.safetensors").body, tmp_path)
    np.testing.assert_array_equal(run["blocks.0.attn.q"], nano_run["blocks.0.attn.q"])


def test_a_run_on_another_prompt(ask: Client, nano: Model, tmp_path: Path) -> None:
    answer = ask.run(model="nano-gpt", text="abacab")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    run, expected = read(answer.content, tmp_path), nano.run("ABACAB")
    info = json.loads(run.metadata["run"])
    said = {"tokens": expected.tokens, "texts": expected.texts, "lengths": expected.lengths}
    assert info == {"model": "nano-gpt", "text": "ABACAB", **said}
    for name, tensor in nano.tensors.items():
        if tensor.role == "weight":
            assert name not in run.entries
        elif not tensor.integer:
            np.testing.assert_array_equal(run[name], expected[name], err_msg=name)
    by_ids = ask.run(model="nano-gpt", tokens=expected.tokens)
    assert by_ids.content == answer.content


def test_many_runs_at_once(ask: Client, nano: Model) -> None:
    """Concurrent requests each get their own run, and the bundle is answered meanwhile."""
    prompts = ["A" * n for n in range(1, 12)] * 4

    async def all_at_once() -> list[httpx.Response]:
        answers: dict[int, httpx.Response] = {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(ask.app), base_url=HERE) as client:

            async def one(k: int, text: str) -> None:
                answers[k] = await client.post(f"/{RUN_PATH}", json={"model": "nano-gpt", "text": text})

            async with anyio.create_task_group() as group:
                for k, text in enumerate(prompts):
                    group.start_soon(one, k, text)
                group.start_soon(client.get, "/bundle.json")
        return [answers[k] for k in range(len(prompts))]

    for text, answer in zip(prompts, anyio.run(all_at_once), strict=True):
        head = json.loads(answer.content[8 : 8 + int.from_bytes(answer.content[:8], "little")])
        assert json.loads(head["__metadata__"]["run"])["texts"] == list(text)


def test_runs_leave_the_loop_free(nano: Model, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a run is computed, other requests are answered."""
    site, release = Site([nano]), threading.Event()
    compute = site.run

    def slow(request):
        assert release.wait(timeout=10)
        return compute(request)

    monkeypatch.setattr(site, "run", slow)

    async def meanwhile() -> None:
        transport = httpx.ASGITransport(application(site, page=page))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client, anyio.create_task_group() as group:
            group.start_soon(lambda: client.post(f"/{RUN_PATH}", json={"model": "nano-gpt", "text": "A"}))
            with anyio.fail_after(5):
                assert (await client.get("/")).status_code == 200
            release.set()

    anyio.run(meanwhile)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "expected a run request such as"),
        (b"{", 400, "expected a run request such as"),
        (b"\xff\xfe", 400, "expected a run request such as"),
        (b"[]", 400, "Expected `object`, got `array`"),
        (b"[" * 100_000, 400, "expected a run request such as"),
        (b'{"text": "A"}', 400, "missing required field `model`"),
        (b'{"model": "nano-gpt", "text": 3}', 400, "$.text"),
        (b'{"model": "nano-gpt", "tokens": [0.5]}', 400, "$.tokens[0]"),
        (
            b'{"model": "nano-gpt", "tokens": [99999999999999999999]}',
            422,
            "token id 99999999999999999999 at position 0",
        ),
        (b'{"model": "nano-gpt", "text": "A", "extra": 1}', 400, "unknown field `extra`"),
        (b'{"model": "nano-gpt"}', 422, "received neither"),
        (b'{"model": "nano-gpt", "text": "A", "tokens": [0]}', 422, "received both"),
        (b'{"model": "nanogpt", "text": "A"}', 404, "Did you mean 'nano-gpt'?"),
        (b'{"model": "nano-gpt", "text": "AXB"}', 422, "unknown letter 'X' at place 2"),
        (b'{"model": "nano-gpt", "text": ""}', 422, "the prompt is empty"),
        (b'{"model": "nano-gpt", "tokens": []}', 422, "the prompt is empty"),
        (b'{"model": "nano-gpt", "text": "AAAAAAAAAAAA"}', 422, "takes at most 11"),
        (b'{"model": "nano-gpt", "tokens": [0, 3]}', 422, "token id 3 at position 1"),
        (b'{"model": "nano-gpt", "tokens": [-1]}', 422, "token id -1 at position 0"),
        (b'{"model": "nano-gpt", "text": "' + b"A" * BODY_LIMIT_BYTES + b'"}', 413, "at most 1,000,000 bytes"),
    ],
)
def test_a_malformed_run_request_is_refused_with_its_reason(ask: Client, body: bytes, status: int, said: str) -> None:
    answer = ask("POST", f"/{RUN_PATH}", content=body, headers={"Content-Type": "application/json"})
    refused(answer, status, said)
    assert ask.run(model="nano-gpt", text="A").status_code == 200  # the server lives on


def test_a_form_from_another_page_is_refused(ask: Client) -> None:
    body = b'{"model": "nano-gpt", "text": "A"}'
    refused(ask("POST", f"/{RUN_PATH}", content=body, headers={"Content-Type": "text/plain"}), 415, "application/json")
    headers = {"Content-Type": "application/json", "Origin": "http://elsewhere.example"}
    refused(ask("POST", f"/{RUN_PATH}", content=body, headers=headers), 403, "http://elsewhere.example")
    headers = {"Content-Type": "application/json", "Origin": HERE}
    assert ask("POST", f"/{RUN_PATH}", content=body, headers=headers).status_code == 200


def test_wrong_methods_and_addresses(ask: Client) -> None:
    refused(ask.get(f"/{RUN_PATH}"), 405, "expected POST at /api/run, received GET")
    answer = ask("POST", "/bundle.json")
    refused(answer, 405, "GET", "received POST")
    assert "GET" in answer.headers["allow"]
    refused(ask.get("/nothing.js"), 404, "/nothing.js")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"]
)
def test_nothing_outside_the_page_is_served(ask: Client, path: str) -> None:
    answer = ask.get(path)
    assert answer.status_code == 404
    assert "not to be served" not in answer.text


def test_a_mistake_of_ours_is_a_sentence_and_the_server_lives_on(
    nano: Model, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site([nano])
    ask = Client(application(site, page=page))
    monkeypatch.setattr(site, "run", lambda request: 1 / 0)
    refused(ask.run(model="nano-gpt", text="A"), 500, "an error of its own")
    monkeypatch.undo()
    assert ask.run(model="nano-gpt", text="A").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost.evil.example", "[::1", "evil@127.0.0.2"]
)
def test_only_requests_to_this_machine_are_answered(nano: Model, page: Path, host: str) -> None:
    """A name elsewhere that is made to point here (DNS rebinding) reaches nothing."""
    ask = Client(application(Site([nano]), page=page))
    for path in ("/", "/bundle.json"):
        refused(ask.get(path, headers={"Host": host}), 403, "expected a request to 127.0.0.1 or localhost")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]:8000"])
def test_this_machine_has_several_names(nano: Model, page: Path, host: str) -> None:
    ask = Client(application(Site([nano]), page=page))
    assert ask.get("/bundle.json", headers={"Host": host}).status_code == 200


def test_a_token_is_asked_for_and_kept_in_a_cookie(nano: Model, page: Path) -> None:
    app = application(Site([nano]), token="s3cret", page=page)
    ask = Client(app, host="http://workstation:8000")
    for path in ("/", "/bundle.json", "/?token=wrong", "/bundle.json?token="):
        refused(ask.get(path), 401, "token")
    refused(ask.run(model="nano-gpt", text="A"), 401, "token")
    login = ask.get("/?token=s3cret&x=1", headers={"Accept": "text/html"})
    assert (login.status_code, login.headers["location"]) == (303, "./?x=1")
    assert "httponly" in login.headers["set-cookie"].lower()
    assert ask.get("/").status_code == 200
    assert ask.run(model="nano-gpt", text="A").status_code == 200
    assert Client(app).get("/bundle.json?token=s3cret").status_code == 200


def test_what_browsers_are_told_to_refuse(ask: Client) -> None:
    for answer in (ask.get("/"), ask.get("/nothing"), ask.get("/bundle.json")):
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe-eval" not in CONTENT_SECURITY_POLICY
    assert "script-src 'self';" in CONTENT_SECURITY_POLICY


def test_caches_keep_hashed_files_and_ask_for_the_rest(ask: Client, page: Path) -> None:
    script = ask.get("/assets/index-abc123.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    first = ask.get("/")
    assert first.headers["cache-control"] == "no-cache"
    again = ask.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (page / "index.html").write_text("<!doctype html><title>Another</title>")
    changed = ask.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert "Another" in changed.text


def test_bodies_are_compressed_for_those_who_can_read_it(ask: Client) -> None:
    for path in ("/assets/index-abc123.js", "/bundle.json", "/nano-gpt/weights.safetensors"):
        plain = ask.get(path, headers={"Accept-Encoding": "identity"})
        small = ask.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert small.headers["content-encoding"] == "gzip"
        assert int(small.headers["content-length"]) < int(plain.headers["content-length"])
        assert small.content == plain.content
    body = b'{"model": "nano-gpt", "text": "CBABBC"}'
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
    assert ask("POST", f"/{RUN_PATH}", content=body, headers=headers).headers["content-encoding"] == "gzip"
    assert gzip.compress(b"")  # what the client undid is the standard library's


def test_a_page_that_was_not_built_says_what_to_do(nano: Model, tmp_path: Path) -> None:
    answer = Client(application(Site([nano]), page=tmp_path)).get("/")
    assert answer.status_code == 503
    assert "make build" in answer.text


def test_names_that_need_quoting_in_an_address(checkpoint: Callable[..., Path], page: Path) -> None:
    model = cutaway.load(checkpoint("my model {1}"))
    ask = Client(application(Site([model]), page=page))
    (spec,) = ask.get("/bundle.json").json()["models"]
    for path in (spec["weights"], spec["run"]):
        assert ask.get("/" + path).status_code == 200
