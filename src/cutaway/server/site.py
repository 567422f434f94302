"""What is served for some models: the bundle, the values that belong to it, and runs on other prompts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from cutaway import wire
from cutaway.bundle import bundle, first_run, run_file, to_json, tour_files, weights_file
from cutaway.errors import NameNotFound, PromptError, near_matches
from cutaway.model import Model, Run
from cutaway.server.resources import BINARY, JSON, Resource

RUN_PATH = "api/run"


class Site:
    """The addresses of a bundle and their bodies. Values are made when first asked for.

    ``runs``: for some of the models (by name) the run that visitors see first, already computed.
    Models must have different names.
    """

    def __init__(self, models: Sequence[Model], *, runs: Mapping[str, Run] | None = None) -> None:
        self.models = {m.name: m for m in models}
        described = bundle(models, capabilities=wire.Capabilities(run=RUN_PATH))
        self._makers: dict[str, Callable[[], Resource]] = {"bundle.json": lambda: Resource(to_json(described), JSON)}
        for spec in described.models:
            model, first = self.models[spec.name], (runs or {}).get(spec.name)
            if spec.weights is not None:
                self._makers[unquote(spec.weights)] = lambda model=model: Resource(weights_file(model), BINARY)
            if spec.run is not None:
                self._makers[unquote(spec.run)] = lambda model=model, first=first: Resource(
                    run_file(first or first_run(model)), BINARY
                )
            for path, compiled in tour_files(model).items():
                self._makers[path] = lambda compiled=compiled: Resource(compiled(), JSON)
        self._made: dict[str, Resource] = {}
        self._making = threading.Lock()

    def __contains__(self, path: object) -> bool:
        """Whether something of the bundle is at this relative address."""
        return path in self._makers

    def resource(self, path: str) -> Resource:
        """The body at an address of the bundle."""
        with self._making:
            if path not in self._made:
                self._made[path] = self._makers[path]()
            return self._made[path]

    def run(self, request: wire.RunRequest) -> bytes:
        """Every value of a model on the prompt of ``request``, as a safetensors file.

        Raises ``NameNotFound`` for an unknown model and ``PromptError`` for a prompt it cannot take.
        """
        if request.model not in self.models:
            known = near_matches(request.model, self.models)
            raise NameNotFound(f"no model named {request.model!r} here.{known} There is: {', '.join(self.models)}")
        if (request.tokens is None) == (request.text is None):
            given = "neither" if request.tokens is None else "both"
            raise PromptError(f"expected either tokens or text in the request, received {given}")
        prompt = request.text if request.text is not None else request.tokens
        assert prompt is not None
        return run_file(self.models[request.model].run(prompt))
