"""``cutaway.show``: a page from Python."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import webbrowser

import pytest

import cutaway
from cutaway import CutawayError, Model, Run


def first_prompt(url: str) -> list[int]:
    with urllib.request.urlopen(url + "bundle.json", timeout=10) as answer:
        return json.load(answer)["models"][0]["prompt"]


def choose_browser(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Make ``command`` the browser, whatever the standard library remembers from before."""
    monkeypatch.setenv("BROWSER", command)
    monkeypatch.setattr(webbrowser, "_tryorder", None)


def test_a_run_is_shown_on_its_prompt(nano: Model) -> None:
    with cutaway.show(nano.run("ABC"), open_browser=False) as shown:
        assert first_prompt(shown.url) == [0, 1, 2]
        assert repr(shown) == f"<cutaway.Shown nano-gpt on 'ABC' at {shown.url}>"
    assert nano.prompt == "CBABBC"  # showing changes nothing


def test_a_model_is_shown_on_its_own_prompt(nano: Model, nano_run: Run) -> None:
    with cutaway.show(nano, open_browser=False) as shown:
        assert first_prompt(shown.url) == nano_run.tokens


def test_several_are_shown_at_once(nano: Model) -> None:
    with (
        cutaway.show(nano.run("A"), open_browser=False) as one,
        cutaway.show(nano.run("B"), open_browser=False) as other,
    ):
        assert one.url != other.url
        assert (first_prompt(one.url), first_prompt(other.url)) == ([0], [1])


def test_closing_frees_the_port(nano: Model) -> None:
    shown = cutaway.show(nano, open_browser=False)
    shown.close()
    shown.close()
    assert repr(shown) == "<cutaway.Shown nano-gpt, closed>"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(shown.url, timeout=2)


def test_a_taken_port_that_was_asked_for(nano: Model) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CutawayError, match="is taken by another program"):
            cutaway.show(nano, port=taken.getsockname()[1], open_browser=False)


def test_the_browser_is_opened(
    nano: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_browser(monkeypatch, "true")
    with cutaway.show(nano):
        assert capsys.readouterr().out == ""


def test_without_a_browser_the_address_is_said(
    nano: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_browser(monkeypatch, "false")
    with cutaway.show(nano) as shown:
        assert capsys.readouterr().out == f"No browser was found; open {shown.url}\n"


def test_something_else_cannot_be_shown() -> None:
    with pytest.raises(CutawayError, match="takes a model, a run or a Transformers model, got str"):
        cutaway.show("nano-gpt")  # pyright: ignore[reportArgumentType]


def test_a_script_waits_until_the_page_is_closed(nano: Model) -> None:
    """Else the page would be gone before the browser has opened it."""
    shown = cutaway.show(nano, open_browser=False)
    waiting = threading.Thread(target=shown.wait, daemon=True)
    waiting.start()
    assert first_prompt(shown.url)
    assert waiting.is_alive()
    shown.close()
    waiting.join(timeout=30)
    assert not waiting.is_alive()


def test_ctrl_c_ends_waiting_and_closes(nano: Model) -> None:
    program = (
        "import _thread, threading, cutaway\n"
        "shown = cutaway.show(cutaway.load('nano-gpt'), open_browser=False)\n"
        "threading.Timer(0.2, _thread.interrupt_main).start()\n"
        "shown.wait()\n"
        "print(shown.is_open)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)


def test_a_notebook_shows_a_link(nano: Model) -> None:
    with cutaway.show(nano.run("A"), open_browser=False) as shown:
        said = shown._repr_html_()
        assert f'<a href="{shown.url}" target="_blank" rel="noopener">nano-gpt on &#x27;A&#x27;</a>' in said
    assert "<a" not in shown._repr_html_()
