"""The built page: where its files are, and what it may do in a browser.

The client is built into ``static`` (see ``client/vite.config.ts``); the server and the export both hand
out these files, under the same policy.
"""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent / "static"

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
