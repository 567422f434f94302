"""Every example in the documentation is run, and every link leads somewhere."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import urllib.request
import webbrowser
from pathlib import Path

import pytest
from command import answered, serving

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each fenced block."""
    return FENCE.findall(page.read_text("utf-8"))


def commands() -> list[str]:
    """Every line of every shell block."""
    lines = [line for page in PAGES for kind, text in blocks(page) if kind == "sh" for line in text.splitlines()]
    return list(dict.fromkeys(words for line in lines if (words := shlex.join(shlex.split(line, comments=True)))))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("line", commands())
def test_every_command_works(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, *arguments = shlex.split(line)
    if name == "make":
        assert set(arguments) <= make_targets()  # they are run by whoever runs this test
        return
    assert name == "cutaway", f"a shell example that no test knows how to run: {line}"
    monkeypatch.chdir(tmp_path)
    if not arguments or arguments[0] == "view":
        with serving(*arguments[1:], command=arguments[0] if arguments else None) as server:
            with urllib.request.urlopen(server.url + "bundle.json") as answer:
                assert answer.status == 200
            assert server.stop().code == 0
    elif arguments[0] == "train":  # it takes minutes, and test_train trains; here the options
        pytest.importorskip("torch")
        answer = answered(*arguments, "--steps", "1")
        assert answer.code == 2
        assert "after 1 steps" in answer.err
    else:
        answer = answered(*arguments)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out


def is_program(page: Path) -> bool:
    """Whether a page's Python blocks are a program rather than parts of files, which then have a test of their own."""
    python = [text for kind, text in blocks(page) if kind == "python"]
    return bool(python) and python[0].startswith("import ")


@pytest.mark.parametrize("page", [page for page in PAGES if is_program(page)], ids=lambda p: p.name)
def test_every_python_example_works(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page are one program; a ``text`` block is what the block above it prints."""
    pytest.importorskip("torch")
    monkeypatch.setenv("BROWSER", "true")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    names: dict[str, object] = {}
    printed = ""
    for kind, text in blocks(page):
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, page.name, "exec"), names)
            printed = out.getvalue()
        elif kind == "text":
            assert printed == text


def test_what_comments_in_the_readme_say_is_so(nano_run) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert f"# {nano_run['blocks.0.attn.pattern'].shape}: head" in text
    assert f"# {nano_run.generate(6).text!r}" in text
    assert f"{nano_run.model.cost().parameters:,} weights" in text


def anchors(page: Path) -> set[str]:
    """The fragments that lead to headings."""
    titles = re.findall(r"^#+\s+(.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"https?:", link):
            continue  # there is no network in tests
        target, _, fragment = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name} links to {link}"
        assert path.is_relative_to(ROOT)
        if fragment:
            assert fragment in anchors(path), f"{page.name} links to {link}"


def parts_of_the_package() -> set[str]:
    found = {p.relative_to(ROOT / "src" / "cutaway").parts[0] for p in (ROOT / "src" / "cutaway").rglob("*.py")}
    return {name for name in found if not name.startswith("__")}


def test_the_architecture_has_a_row_for_each_part() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for name in sorted(parts_of_the_package()):
        row = f"`{name}`" if name.endswith(".py") else f"`{name}/`"
        assert row in text, f"ARCHITECTURE.md has no row for {row}"
    for folder in (ROOT / "client" / "src").iterdir():
        if folder.is_dir() and folder.name != "golden":
            assert f"`{folder.name}/`" in text, f"ARCHITECTURE.md has no row for client/src/{folder.name}"


def test_paths_in_the_documentation_exist() -> None:
    for page in PAGES:
        for path in re.findall(r"`((?:src|client|tests|docs|bench)/[\w./-]+)`", page.read_text("utf-8")):
            if "node_modules" not in path and "/static" not in path:
                assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_no_file_names_a_machine_or_where_packages_come_from() -> None:
    hidden = [".npmrc", "package-lock.json"]
    files = [ROOT / n for n in ("Makefile", "pyproject.toml", "hatch_build.py", ".ci/run")] + PAGES
    files += [ROOT / "client" / n for n in hidden]
    for path in files:
        text = path.read_text("utf-8")
        assert not re.search(r"(?<![\w.])/(?:home|root|Users|work)/|index-url|tarball", text), path
    assert '"resolved"' not in (ROOT / "client" / "package-lock.json").read_text("utf-8")
