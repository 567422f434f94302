"""The build hook and what is in the wheel and the sdist."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "src" / "cutaway" / "static"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """``hatch_build.py`` as hatchling loads it."""
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a client, installed, whose build writes two files."""
    client = tmp_path / "client"
    (client / "src").mkdir(parents=True)
    (client / "src" / "main.ts").write_text("export {};\n")
    build = "require('fs').mkdirSync('../src/cutaway/static',{recursive:true});"
    for page in ("index.html", "single.html"):
        build += f"require('fs').writeFileSync('../src/cutaway/static/{page}','built');"
    (client / "package.json").write_text('{"private": true, "scripts": {"build": "node -e \\"' + build + '\\""}}')
    (client / "package-lock.json").write_text("{}")
    (client / "node_modules").mkdir()
    (client / "node_modules" / ".package-lock.json").write_text("{}")
    return tmp_path


def test_the_page_is_built_when_it_is_absent_or_stale_and_only_then(hook: ModuleType, project: Path) -> None:
    page = project / "src" / "cutaway" / "static" / "index.html"
    assert hook.build_client(project) is True
    assert page.read_text() == "built"
    assert hook.build_client(project) is False
    later = page.stat().st_mtime + 10
    os.utime(project / "client" / "src" / "main.ts", (later, later))
    assert hook.build_client(project) is True
    (page.parent / "single.html").unlink()
    assert hook.build_client(project) is True
    assert (page.parent / "single.html").is_file()


def test_tests_of_the_client_do_not_make_the_page_stale(hook: ModuleType, project: Path) -> None:
    hook.build_client(project)
    test = project / "client" / "src" / "main.test.ts"
    test.write_text("")
    later = test.stat().st_mtime + 10
    os.utime(test, (later, later))
    assert hook.build_client(project) is False


def test_without_node_it_says_what_to_do(hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(SystemExit, match=r"Node 20 or newer, and npm was not found on PATH\. Install Node"):
        hook.build_client(project)


def test_an_old_node_is_refused(hook: ModuleType, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.20.0\n")
    node.chmod(0o755)
    with pytest.raises(SystemExit, match=r"Node 20 or newer, found v18\.20\.0"):
        hook.check_node(str(node))


def test_from_an_sdist_without_a_client_the_built_page_is_taken(hook: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="neither client/ nor"):
        hook.build_client(tmp_path)
    (tmp_path / "src" / "cutaway" / "static").mkdir(parents=True)
    (tmp_path / "src" / "cutaway" / "static" / "index.html").write_text("built")
    with pytest.raises(SystemExit, match="neither client/ nor"):
        hook.build_client(tmp_path)
    (tmp_path / "src" / "cutaway" / "static" / "single.html").write_text("built")
    assert hook.build_client(tmp_path) is False


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist, made without isolation: what builds is installed."""
    if not (PAGE / "index.html").is_file():
        pytest.skip("the page has not been built")
    folder = tmp_path_factory.mktemp("dist")
    for kind in ("wheel", "sdist"):
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return folder


def test_a_wheel_holds_the_page_and_the_built_in_model(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wheel.name.endswith("-py3-none-any.whl")
    assert {
        "cutaway/static/index.html",
        "cutaway/static/single.html",
        "cutaway/models/nano-gpt/model.safetensors",
        "cutaway/cli/commands.py",
    } <= names
    page = {p.relative_to(PAGE).as_posix() for p in PAGE.rglob("*") if p.is_file()}
    assert {f"cutaway/static/{name}" for name in page} <= names
    assert not [n for n in names if n.startswith(("client", "tests", "bench")) or "__pycache__" in n]
    assert any(n.endswith("licenses/LICENSE") for n in names)


def test_an_sdist_holds_what_builds_it(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "hatch_build.py",
        "client/package-lock.json",
        "client/src/main.ts",
        "src/cutaway/static/index.html",
    } <= names
    assert not [n for n in names if "node_modules" in n]
