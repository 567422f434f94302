"""The built page: where its files are, and what it may do in a browser.

The client is built into ``static`` (see ``client/vite.config.ts``); the server and the export both hand
out these files, under the same policy.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

PAGE = Path(__file__).parent / "static"

SINGLE = "single.html"
"""In ``PAGE``: the same page with everything in one file, for an export of a single file."""

NOT_BUILT = (
    "The page has not been built, so there is nothing to show here. In a checkout, run `make build` "
    "(it needs Node 20 or newer) and reload; an installed wheel contains the page."
)

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    # KaTeX sets type by `style` attributes in the markup it makes, and components set widths and
    # colours that follow values. Style sheets and <style> elements are still refused.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
"""Content-Security-Policy: nothing comes from other origins, and no text is run as code."""


def policy_of_single(page: str) -> tuple[str, ...]:
    """The policy of a page that is one file: it fetches nothing, and runs the very texts that are in it."""
    own = {tag: _hash_of(page, tag) for tag in ("script", "style")}
    changed = {
        "script-src": own["script"],
        "style-src": own["style"],
        "img-src": "data: blob:",
        "font-src": "data:",
        "connect-src": "'none'",
        "worker-src": "blob: data:",
    }
    directives = (line.split(" ", 1) for line in POLICY)
    return tuple(f"{name} {changed.get(name, value)}" for name, value in directives)


def _hash_of(page: str, tag: str) -> str:
    """What allows the one inline element of that name that is run."""
    found = re.search(rf"<{tag}(?: type=\"module\")?>(.*?)</{tag}>", page, re.DOTALL)
    if found is None:
        raise ValueError(f"expected one <{tag}> in {SINGLE}")
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}'"


def side_by_side(names: Sequence[str]) -> str:
    """What follows the address of a page to show all of its models; empty for one.

    The other side is ``client/src/state/address.ts``.
    """
    if len(names) < 2:
        return ""
    others = ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names[1:])
    return "#" + "&".join(f"{key}={quote(value, safe=',:@')}" for key, value in (("model", names[0]), ("with", others)))
