"""Builds the page (``client/``, TypeScript) into ``src/cutaway/static`` when the package is built.

Pipeline stage: packaging. A wheel carries the built page, so whoever installs it needs no Node; building
from a checkout needs Node once. The page counts as stale when any file it is made from is newer.

Also a command, for the Makefile: ``python hatch_build.py`` builds the page if it is absent or stale.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
NODE_MAJOR = 20
"""The oldest major version of Node that builds the page."""

PAGES = ("index.html", "single.html")
"""What is built: the page with its files, and the same in one file for ``cutaway export --single-file``."""


class ClientBuildHook(BuildHookInterface):
    """Called by hatchling before it packs a wheel or an sdist. An editable install builds nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_client(Path(self.root))


def build_client(root: Path = ROOT) -> bool:
    """Build the page into ``src/cutaway/static`` if it is absent or stale; whether it was built.

    Raises ``SystemExit`` with a sentence that says what to do when Node or npm is missing or too old.
    """
    client = root / "client"
    built = [root / "src" / "cutaway" / "static" / page for page in PAGES]
    is_whole = all(page.is_file() for page in built)
    if not (client / "package.json").is_file():
        if is_whole:
            return False
        raise SystemExit("cutaway: neither client/ nor src/cutaway/static is here; build from a checkout or an sdist")
    newest = max(source.stat().st_mtime for source in sources(client))
    if is_whole and min(page.stat().st_mtime for page in built) >= newest:
        return False
    npm = node_tool("npm")
    check_node(node_tool("node"))
    installed = client / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < (client / "package-lock.json").stat().st_mtime:
        call([npm, "ci", "--no-audit", "--no-fund"], client)
    call([npm, "run", "build"], client)
    for page in built:
        os.utime(page)
    return True


def sources(client: Path) -> Iterator[Path]:
    """The files that the page is made from."""
    for folder in ("src", "public"):
        yield from (p for p in (client / folder).rglob("*") if p.is_file() and ".test." not in p.name)
    yield from (p for p in client.iterdir() if p.is_file() and p.suffix in {".ts", ".js", ".json", ".html"})


def node_tool(name: str) -> str:
    """The path of ``node`` or ``npm``."""
    if found := shutil.which(name):
        return found
    raise SystemExit(
        f"cutaway: the page is built with Node {NODE_MAJOR} or newer, and {name} was not found on PATH. "
        "Install Node, or install Cutaway from a wheel, which contains the built page."
    )


def check_node(node: str) -> None:
    """Refuse a Node that is too old for the build tools."""
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.lstrip("v").split(".")[0]
    if not major.isdecimal() or int(major) < NODE_MAJOR:
        raise SystemExit(f"cutaway: the page is built with Node {NODE_MAJOR} or newer, found {version or 'none'}")


def call(command: list[str], folder: Path) -> None:
    """Run one step of the build; its output goes to stderr, where build front ends show it."""
    print(f"cutaway: {Path(command[0]).name} {' '.join(command[1:])}", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False)
    if done.returncode:
        raise SystemExit(f"cutaway: building the page failed: {' '.join(command[1:])} exited with {done.returncode}")


if __name__ == "__main__":
    build_client()
