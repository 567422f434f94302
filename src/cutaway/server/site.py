"""What is served for some models: the bundle, the values that belong to it, and runs on other prompts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from cutaway import wire
from cutaway.budget import check_run_fits, why_no_values
from cutaway.bundle import (
    TOURS,
    bundle,
    first_run,
    phrase_files,
    run_file,
    to_json,
    tour_files,
    weights_file,
    with_runs_left_to_browser,
)
from cutaway.catalogue import catalogue, catalogue_file, catalogue_tours
from cutaway.errors import NameNotFound, PromptError, near_matches
from cutaway.lengths import redrawn, with_redrawn
from cutaway.model import Model
from cutaway.run import Run
from cutaway.server.resources import BINARY, JSON, Resource
from cutaway.tour.files import read_tour

RUN_PATH = "api/run"


class Site:
    """The addresses of a bundle and their bodies. Values are made when first asked for.

    ``runs``: for some of the models (by name) the run that visitors see first, already computed.
    Models must have different names. ``tour``: an author's tour, read again whenever its file changes.
    """

    def __init__(
        self, models: Sequence[Model], *, runs: Mapping[str, Run] | None = None, tour: Path | None = None
    ) -> None:
        self.models = {m.name: m for m in models}
        self._tour = tour
        self._read_at: int | None = None if tour is None else tour.stat().st_mtime_ns if tour.is_file() else 0
        tours = TOURS if tour is None else (read_tour(tour), *TOURS)
        self._redrawn = {each.name: each for each in redrawn(models, tours=tours)}
        listed = catalogue([*self.models, *self._redrawn])
        described = bundle(
            models,
            capabilities=wire.Capabilities(run=RUN_PATH, live=tour is not None),
            tours=tours,
            catalogue=listed,
        )
        described = with_runs_left_to_browser(described, models, but=runs or {})
        described = with_redrawn(described, self._redrawn.values())
        self._makers: dict[str, Callable[[], Resource]] = {"bundle.json": lambda: Resource(to_json(described), JSON)}
        for entry in listed:
            self._makers[entry.path] = lambda name=entry.name: Resource(catalogue_file(name), JSON)
            self._add(catalogue_tours(entry.name))
        self._add(phrase_files())
        for spec in described.models:
            model, first = self.models[spec.name], (runs or {}).get(spec.name)
            if spec.weights is not None:
                self._makers[unquote(spec.weights)] = lambda model=model: Resource(weights_file(model), BINARY)
            if spec.run is not None:
                self._makers[unquote(spec.run)] = lambda model=model, first=first: Resource(
                    run_file(first or first_run(model)), BINARY
                )
            self._add(tour_files(model, tours))
        for each in self._redrawn.values():
            self._add(each.files())
        self._made: dict[str, Resource] = {}
        self._making = threading.Lock()

    def _add(self, files: Mapping[str, Callable[[], bytes]]) -> None:
        """Files by path, made when they are asked for."""
        for path, made_of in files.items():
            kind = JSON if path.endswith(".json") else BINARY
            self._makers[path] = lambda made_of=made_of, kind=kind: Resource(made_of(), kind)

    def _reread(self) -> None:
        """The author's tour anew, when its file has changed."""
        if self._tour is None or not self._tour.is_file():
            return
        changed = self._tour.stat().st_mtime_ns
        if changed != self._read_at:
            tour = read_tour(self._tour)
            files = [tour_files(model, [tour]) for model in self.models.values()]
            files += [each.tour_files([tour]) for each in self._redrawn.values()]
            for made_of in files:
                self._add(made_of)
                for path in made_of:
                    self._made.pop(path, None)
            self._read_at = changed

    def __contains__(self, path: object) -> bool:
        """Whether something of the bundle is at this relative address."""
        return path in self._makers

    def resource(self, path: str) -> Resource:
        """The body at an address of the bundle."""
        with self._making:
            if "/tours/" in path:
                self._reread()
            if path not in self._made:
                self._made[path] = self._makers[path]()
            return self._made[path]

    def run(self, request: wire.RunRequest) -> bytes:
        """Every value of a model on the prompt of ``request``, as a safetensors file.

        Raises ``NameNotFound`` for an unknown model and ``PromptError`` for a prompt it cannot take.
        """
        if request.model not in self.models and request.model not in self._redrawn:
            known = near_matches(request.model, self.models)
            raise NameNotFound(f"no model named {request.model!r} here.{known} There is: {', '.join(self.models)}")
        if (request.tokens is None) == (request.text is None):
            given = "neither" if request.tokens is None else "both"
            raise PromptError(f"expected either tokens or text in the request, received {given}")
        prompt = request.text if request.text is not None else request.tokens
        assert prompt is not None
        model = self.models.get(request.model) or self._redrawn[request.model].model
        if reason := why_no_values(model):
            raise PromptError(f"{model.name} cannot be run for a page. {reason}")
        ids = model.encode(prompt)
        check_run_fits(model, len(ids), len(model.encode_decoder(request.decoder)))
        return run_file(model.run(ids, decoder=request.decoder))
