"""The commands, run in processes of their own as a user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from checkpoint_files import write_checkpoint
from command import cutaway, serving

import cutaway as library
from cutaway import Run
from cutaway.cli.sources import load_all
from cutaway.errors import CutawayError
from cutaway.numbers import shown
from cutaway.page import PAGE
from cutaway.safetensors_reader import SafetensorsFile


def test_version() -> None:
    assert cutaway("--version").out == f"cutaway {library.__version__}\n"


def test_help_names_every_command() -> None:
    out = cutaway("--help").out
    for name in ("view", "run", "explain", "cost", "export", "train"):
        assert re.search(rf"^\s+{name}\s", out, re.MULTILINE), name


def test_run_prints_the_tokens_and_the_probabilities(nano_run: Run) -> None:
    answer = cutaway("run", "nano-gpt", "CBABBC")
    assert (answer.code, answer.err) == (0, "")
    assert "6 of at most 11 tokens" in answer.out
    for letter, p in zip("ABC", nano_run["probs"][-1].tolist(), strict=True):
        assert re.search(
            rf"^\s*{letter}\s.*\s{re.escape(shown(p))}\s", answer.out.split("next token")[-1], re.MULTILINE
        ), answer.out


def test_run_generates() -> None:
    assert "generated: ABBBCC" in cutaway("run", "nano-gpt", "CBABBC", "--generate", "6").out


def test_generating_with_a_seed_is_repeatable() -> None:
    options = ("--generate", "6", "--temperature", "5", "--top-k", "3", "--top-p", "0.99")
    first = cutaway("run", "nano-gpt", "CBABBC", *options, "--seed", "7")
    again = cutaway("run", "nano-gpt", "CBABBC", *options, "--seed", "7")
    other = cutaway("run", "nano-gpt", "CBABBC", *options, "--seed", "9")
    assert first.out == again.out != other.out


def test_run_prints_a_tensor(nano_run: Run) -> None:
    out = cutaway("run", "nano-gpt", "CBABBC", "--tensor", "blocks.0.attn.pattern").out
    assert "blocks.0.attn.pattern[h=3, t=6, s=6]" in out
    printed = [
        float(x) for x in re.findall(r"(?<![\w.=])-?\d+(?:\.\d+)?(?:e-?\d+)?(?=[\s\]])", out.split("h=0\n", 1)[1])
    ]
    expected = nano_run["blocks.0.attn.pattern"]
    assert len(re.findall(r"^h=\d$", out, re.MULTILINE)) == 3
    np.testing.assert_allclose(printed[:36], expected[0].reshape(-1), rtol=1e-3, atol=1e-9)


def test_a_tensor_in_full_gives_back_every_bit(nano_run: Run) -> None:
    out = cutaway("run", "nano-gpt", "CBABBC", "--tensor", "blocks.0.mlp.post", "--full").out
    printed = [np.float32(x) for x in re.findall(r"-?\d\.\d*e[-+]\d+", out)]
    np.testing.assert_array_equal(np.array(printed), nano_run["blocks.0.mlp.post"].reshape(-1))


def test_run_saves_every_value(tmp_path: Path, nano_run: Run) -> None:
    assert cutaway("run", "nano-gpt", "CBABBC", "--save", tmp_path / "run.safetensors").code == 0
    file = SafetensorsFile(tmp_path / "run.safetensors")
    np.testing.assert_array_equal(file["blocks.2.mlp_out"], nano_run["blocks.2.mlp_out"])


def test_explain_prints_the_formula_its_terms_and_its_sources(nano_run: Run) -> None:
    explanation = nano_run.explain("blocks.0.attn.q[3, 0, 5]")
    out = cutaway("explain", "nano-gpt", "CBABBC", "blocks.0.attn.q[3, 0, 5]", "--terms", "4").out
    assert explanation.text in out
    assert explanation.numbers_text in out
    assert "44 smaller terms" in out
    assert f"({np.float32(explanation.value)!s} in full)" in out
    for source in explanation.sources:
        assert repr(source) in out


def test_explain_says_where_a_weight_was_read_from() -> None:
    out = cutaway("explain", "nano-gpt", "CBABBC", "blocks.1.attn.W_K[0, 1, 2]").out
    assert "read from model.safetensors:" in out


def test_explain_as_json(nano_run: Run) -> None:
    out = cutaway("explain", "nano-gpt", "CBABBC", "blocks.0.attn.attn_scores[0, 1, 2]", "--json").out
    assert json.loads(out)["value"] == "-inf"
    out = cutaway("explain", "nano-gpt", "CBABBC", "embed[1, 2]", "--json").out
    assert json.loads(out) == nano_run.explain("embed[1, 2]").to_dict()


def test_cost_of_the_built_in_model() -> None:
    out = cutaway("cost").out
    total = next(line for line in out.splitlines() if line.strip().startswith("total"))
    assert "85,728" in total
    assert cutaway("cost", "nano-gpt", "--tokens", "11").out == out


def test_export_writes_a_folder(tmp_path: Path) -> None:
    if not PAGE.joinpath("index.html").is_file():
        pytest.skip("the page has not been built")
    answer = cutaway("export", tmp_path / "site")
    assert (answer.code, answer.err) == (0, "")
    written = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert f"site holds {len(written)} files, " in answer.out
    assert {tmp_path / "site" / name for name in ("index.html", "bundle.json")} <= set(written)
    answer = cutaway("export", "--single-file", tmp_path / "model.html")
    assert (answer.code, answer.err) == (0, "")
    assert "model.html holds everything" in answer.out
    assert (tmp_path / "model.html").is_file()


def test_export_says_how_to_see_several_models(tmp_path: Path) -> None:
    answer = cutaway("export", str(tmp_path / "site"), "nano-gpt", "gpt2")
    assert "all models side by side: index.html#model=nano-gpt&with=gpt2" in answer.out


def test_output_into_a_pipe_that_closes_is_not_an_error() -> None:
    import subprocess
    import sys

    done = subprocess.run(
        f'"{sys.executable}" -m cutaway run nano-gpt CBABBC --tensor blocks.0.mlp.W_in --full | head -1',
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


def test_a_terminal_without_unicode_still_gets_an_answer() -> None:
    answer = cutaway("run", "nano-gpt", "CBABBC", PYTHONIOENCODING="ascii")
    assert (answer.code, answer.err) == (0, "")


def test_view_serves_and_stops_at_ctrl_c() -> None:
    with serving("--no-browser") as server:
        with urllib.request.urlopen(server.url + "bundle.json") as answer:
            assert answer.status == 200
        ended = server.stop(signal.SIGINT)
    assert ended.code == 0
    assert ended.err == ""
    assert "nano-gpt is at http://127.0.0.1:" in ended.out


def test_without_a_command_the_built_in_model_is_shown() -> None:
    with serving(command=None) as server, urllib.request.urlopen(server.url + "bundle.json") as answer:
        assert json.load(answer)["models"][0]["name"] == "nano-gpt"


def test_view_shows_several_models_side_by_side() -> None:
    with serving("nano-gpt", "gpt2-xl", "gpt-3", "--no-browser") as server:
        address, _, fragment = server.url.partition("#")
        with urllib.request.urlopen(address + "bundle.json") as answer:
            assert [model["name"] for model in json.load(answer)["models"]] == ["nano-gpt", "gpt2-xl", "gpt-3"]
        assert fragment == "model=nano-gpt&with=gpt2-xl,gpt-3"
        assert "3 models are at http://" in server.lines[-1]


def test_two_models_of_one_name_are_refused() -> None:
    answer = cutaway("view", "gpt2", "gpt2", "--no-browser")
    assert answer.code == 2
    assert "models of one page need different names, got gpt2, gpt2" in answer.err


def test_view_opens_the_browser(tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}.new" && mv "{opened}.new" "{opened}"\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    with serving("nano-gpt", BROWSER=str(browser)) as server:
        with urllib.request.urlopen(server.url + "bundle.json"):
            pass  # it answers, so the browser has been asked
        assert opened.read_text().strip() == server.url


def test_view_without_a_browser_says_so() -> None:
    with serving("nano-gpt", BROWSER="false") as server:
        with urllib.request.urlopen(server.url + "bundle.json"):
            pass
        assert "No browser was found" in server.stop().out


def test_view_on_another_prompt() -> None:
    with serving("nano-gpt", "--no-browser", "--prompt", "ABC") as server:
        answer = urllib.request.urlopen(server.url + "bundle.json")
        assert json.load(answer)["models"][0]["prompt"] == [0, 1, 2]


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                taken.bind(("127.0.0.1", 8000))
                taken.listen()
                break
            except OSError:  # by another test, for a moment; or by something that stays, which is as good
                time.sleep(0.2)
        with serving("--no-browser") as server:
            assert not server.url.endswith(":8000/")
            assert "Port 8000 is taken." in "".join(server.lines)


def test_a_port_that_was_asked_for_is_not_replaced() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = cutaway("view", "--no-browser", "--port", str(port))
    assert answer.code == 2
    assert f"port {port} on 127.0.0.1 is taken" in answer.err
    assert "Traceback" not in answer.err


def test_other_hosts_need_a_token() -> None:
    with serving("--no-browser", "--host", "0.0.0.0") as server:
        token = re.search(r"\?token=(.+)", server.url)
        assert token is not None
        bare = server.url.split("?")[0]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(bare + "bundle.json")
        with urllib.request.urlopen(f"{bare}bundle.json?token={token[1]}", timeout=10) as answer:
            assert answer.status == 200


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_ctrl_c_while_working_is_quiet(tmp_path: Path) -> None:
    """A command that waits (here for a file that never comes) ends at Ctrl-C without a traceback."""
    import subprocess
    import sys

    os.mkfifo(tmp_path / "config.json")
    process = subprocess.Popen(
        [sys.executable, "-m", "cutaway", "cost", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )
    with (tmp_path / "config.json").open("wb"):  # opens once the command has opened the other end
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_long_context_can_be_cut_short() -> None:
    assert (
        "DeepSeek-V3, T = 1024: one forward pass over 1024 tokens"
        in cutaway("cost", "deepseek-v3", "--context", "1024").out
    )
    refused = cutaway("cost", "gpt2", "--context", "4096")
    assert (refused.code, refused.err) == (
        2,
        "cutaway: gpt2 can be drawn for 1 to 1024 tokens, its context, got 4096\n",
    )


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    runs = [str(write_checkpoint(tmp_path / run / "last")) for run in ("one", "two")]
    assert [m.name for m in load_all([*runs, "nano-gpt"], None)] == ["one-last", "two-last", "nano-gpt"]
    assert [m.name for m in load_all(runs[:1], None)] == ["last"]
    with pytest.raises(CutawayError, match="need different names, got last, last"):
        load_all([runs[0], runs[0]], None)
