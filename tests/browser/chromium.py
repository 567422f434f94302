"""Finding a Chromium for the browser tests and the bench, and how it is started.

As a command it makes sure that there is one: from ``CUTAWAY_CHROMIUM``, from PATH, Playwright's own, else,
as root on Debian, from apt. Playwright's download is not used: it is not allowed everywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SOFTWARE_WEBGL2 = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
NO_WEBGL = ["--disable-gpu", "--disable-3d-apis"]


def find_chromium() -> str | None:
    """The path of a Chromium, or ``None``. Raises ``SystemExit`` when ``CUTAWAY_CHROMIUM`` names none."""
    if named := os.environ.get("CUTAWAY_CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise SystemExit(f"CUTAWAY_CHROMIUM is {named!r}, which is not a program")
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> None:
    """Install Debian's Chromium; a sentence where that cannot be done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(
            "The browser tests need Chromium: none in CUTAWAY_CHROMIUM, on PATH or from Playwright, and it can "
            "only be installed as root on Debian. Install it, or set CUTAWAY_CHROMIUM to its path."
        )
    subprocess.run(["apt-get", "update", "-q"], check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-dejavu-core"], check=True
    )


if __name__ == "__main__":
    if find_chromium() is None:
        install()
    print(f"browser tests use {find_chromium()}", file=sys.stderr)
