"""``cutaway.show``: a model or a run on a page of its own, from Python.

One of the thin front doors. The server runs in a background thread, so that a notebook or a REPL goes on.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cutaway.adapters import adapted
from cutaway.errors import CutawayError
from cutaway.model import Model
from cutaway.run import Run

if TYPE_CHECKING:
    from cutaway.server.listen import BackgroundServer


class Shown:
    """A page that is being served: its ``url``, ``wait()`` and ``close()``. Works as a context manager."""

    def __init__(self, url: str, server: BackgroundServer, what: str) -> None:
        self.url = url
        self._server = server
        self._what = what

    @property
    def is_open(self) -> bool:
        """Whether the page can still be reached."""
        return self._server.is_open

    def close(self) -> None:
        """Stop serving and free the port. More than once is fine."""
        self._server.close()

    def wait(self) -> None:
        """Go on serving until Ctrl-C, or until somebody closes the page: for the end of a script."""
        try:
            self._server.wait()
        except KeyboardInterrupt:
            self.close()

    def __enter__(self) -> Shown:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"<cutaway.Shown {self._what} at {self.url}>" if self.is_open else f"<cutaway.Shown {self._what}, closed>"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: a link, because the page of a live server refuses to be framed."""
        what = html.escape(self._what)
        if not self.is_open:
            return f"<p>{what}, closed</p>"
        return f'<p><a href="{html.escape(self.url)}" target="_blank" rel="noopener">{what}</a></p>'


def show(
    what: Run | Model | Any,
    tokenizer: Any = None,
    prompt: str | Sequence[int] | None = None,
    *,
    port: int | None = None,
    open_browser: bool = True,
) -> Shown:
    """Serve ``what`` on localhost and open the browser: a run on its prompt, a model on ``prompt`` or its first one.

    A Transformers model that is in memory is shown as it is now:
    ``cutaway.show(model, tokenizer, "text")``; without a tokenizer the prompt is token ids.

    ``port``: the first free one from 8000 on unless given. It goes on until ``close()`` or the end of
    the program, which a script puts off with ``wait()``. Raises ``SettingError`` if the given port is taken.
    """
    from cutaway.server import listen  # a server is not needed to compute
    from cutaway.server.app import application
    from cutaway.server.site import Site

    if isinstance(what, (Run, Model)):
        if tokenizer is not None:
            raise CutawayError("cutaway.show takes a tokenizer with a Transformers model only; this one has its own")
    else:
        known = adapted(what, tokenizer)
        if known is None:
            kind = type(what).__name__
            raise CutawayError(f"cutaway.show takes a model, a run or a Transformers model, got {kind}")
        what = known
    if prompt is not None:
        if isinstance(what, Run):
            raise CutawayError("cutaway.show shows a run on its own prompt; give the model to choose another")
        what = what.run(prompt)
    if isinstance(what, Run):
        model = dataclasses.replace(what.model, prompt=list(what.tokens), decoder_prompt=what.decoder or None)
        site, label = Site([model], runs={model.name: what}), f"{model.name} on {what.text_of_prompt!r}"
    else:
        site, label = Site([what]), what.name
    listener = listen.listening_socket(listen.DEFAULT_HOST, port)
    url = listen.url_of(listener, listen.DEFAULT_HOST, None)
    server = listen.BackgroundServer(application(site), listener)
    shown = Shown(url, server, label)
    if open_browser and not listen.open_browser(url):
        print(f"No browser was found; open {url}")
    return shown
