"""The bundle: what the browser reads of a model, made from its definition, its picture and its values.

``python -m cutaway.bundle DIR [SOURCE]`` writes one into a folder, for looking at and for tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from cutaway import wire
from cutaway.axes import KINDS
from cutaway.breakdown import breakdown
from cutaway.budget import check_run_fits, why_no_values
from cutaway.definition import Definition, Module, Tensor
from cutaway.layout import scene_of
from cutaway.model import Model
from cutaway.phrases import phrase_paths, phrases_file
from cutaway.run import Run
from cutaway.safetensors_writer import safetensors_bytes
from cutaway.stages import Step, stages
from cutaway.tour.compiling import Tour
from cutaway.tour.files import entries, fits, path_of, tour_file
from cutaway.tour.guide import GUIDE
from cutaway.traits import sizes, traits
from cutaway.wire_formula import wire_expr

NEXT_LISTED = 50
"""Next tokens whose texts come with a run when the bundle does not list the vocabulary."""
LISTED_AT_A_PLACE = 8
"""The same at each place, of a model that fills in hidden tokens."""


COMPUTED_IN_BROWSER = 50_000_000
"""Multiply-adds of a first run that the browser computes itself, in well under a second, instead of
fetching its values: those of a small model are a good part of all the bytes there are."""

TOURS: tuple[Tour, ...] = (GUIDE,)
"""The tours that come with every model they fit."""


def bundle(
    models: Sequence[Model],
    *,
    capabilities: wire.Capabilities,
    tours: Sequence[Tour] = TOURS,
    catalogue: Sequence[wire.CatalogueEntry] = (),
) -> wire.Bundle:
    """Everything but the values and the tours; these are ``weights_file``, ``run_file`` and ``tour_files`` at the
    paths named in it. ``catalogue``: what can be added, see ``catalogue.py``."""
    used = {a.kind for m in models for a in m.definition.axes}
    kinds = [k for k in KINDS.values() if k.name in used]
    described = [model_of(m, tours) for m in models]
    return wire.Bundle(wire.VERSION, kinds, described, capabilities, list(catalogue), phrase_paths())


def with_runs_left_to_browser(made: wire.Bundle, models: Sequence[Model], *, but: Collection[str] = ()) -> wire.Bundle:
    """The bundle without the first runs that the browser computes quickly, of all ``models`` but those named."""
    specs = [
        msgspec.structs.replace(spec, run=None) if spec.name not in but and _is_quick_in_browser(model, spec) else spec
        for model, spec in zip(models, made.models, strict=True)
    ]
    return msgspec.structs.replace(made, models=specs)


def _is_quick_in_browser(model: Model, spec: wire.Model) -> bool:
    """Whether the texts of tokens are known there, too, and one prompt is all that a run needs."""
    if spec.weights is None or spec.decoder is not None or model.vocabulary.listed() is None:
        return False
    return model.cost(tokens=len(spec.prompt)).multiply_adds <= COMPUTED_IN_BROWSER


def to_json(made: wire.Bundle) -> bytes:
    """``bundle.json``"""
    return msgspec.json.encode(made)


def first_prompt(model: Model) -> list[int]:
    """The token ids that a visitor sees first: the model's own prompt, else the first of its vocabulary.

    Raises ``PromptError`` for a prompt that the model or a page cannot take.
    """
    prompt = model.encode(
        model.prompt if model.prompt is not None else list(range(min(4, model.vocabulary.size, model.context)))
    )
    check_run_fits(model, len(prompt))
    return prompt


def first_run(model: Model) -> Run:
    """The run that a visitor sees first."""
    return model.run(first_prompt(model), decoder=model.decoder_prompt)


def model_of(model: Model, tours: Sequence[Tour] = TOURS) -> wire.Model:
    """A model as the browser reads it."""
    d, cost = model.definition, model.cost()
    no_values = why_no_values(model)
    has_values = not no_values
    return wire.Model(
        name=model.name,
        title=model.title,
        family=d.family,
        description=model.description,
        axes=[wire.Axis(a.name, a.kind, a.size, a.length_of) for a in d.axes],
        tensors=[_tensor(t, model) for t in d.root.declared()],
        root=_module(d.root),
        scene=scene_of(d),
        cost=wire.Cost(
            cost.parameters,
            cost.active_parameters,
            cost.multiply_adds,
            cost.bytes,
            cost.cache_bytes_per_token,
            cost.cache_bytes_full,
            cost.tokens,
        ),
        context=model.context,
        tokens=d.tokens,
        decoder=d.decoder,
        logits=d.logits,
        probabilities=d.probabilities,
        predicts=d.predicts,
        vocabulary=wire.Vocabulary(
            model.vocabulary.size,
            model.vocabulary.listed(),
            model.vocabulary.mask if d.predicts == "masked" and has_values else None,
        ),
        weights=f"{d.whole_name}/weights.safetensors" if has_values else None,  # the same, drawn for fewer tokens
        prompt=first_prompt(model) if has_values else [],
        decoder_prompt=model.encode_decoder(model.decoder_prompt) if has_values else [],
        run=f"{model.name}/run.safetensors" if has_values else None,
        no_values=no_values,
        facts=model.facts,
        tours=entries(tours, model),
        parts=[
            wire.Part(p.kind, p.label, p.parameters, p.active_parameters, p.multiply_adds.whole, p.bytes.whole)
            for p in breakdown(d)
        ],
        sizes=sizes(d),
        traits=traits(d),
        stages=_stages(d),
        whole=None if d.whole is None else d.whole_name,
        true_context=d.true_context,
    )


def _stages(d: Definition) -> list[wire.Stage]:
    position = {t: k for k, t in enumerate(d.root.declared())}

    def step(s: Step) -> wire.StageStep:
        variants = [wire.Variant(position[v.tensor], v.form, list(v.reads), v.layers) for v in s.variants]
        return wire.StageStep(s.key, s.label, variants)

    return [wire.Stage(s.group, s.slot, s.key, s.label, s.layers, s.says, [*map(step, s.steps)]) for s in stages(d)]


def tour_files(model: Model, tours: Sequence[Tour] = TOURS) -> dict[str, Callable[[], bytes]]:
    """Path to what compiles the tour there, for the page: it speaks of numbers where the page has them."""
    has_values = not why_no_values(model)
    return {
        path_of(tour, model.name, language): partial(tour_file, tour, model, language, has_values=has_values)
        for tour in tours
        if fits(tour, model)
        for language in tour.languages
    }


def phrase_files() -> dict[str, Callable[[], bytes]]:
    """Path to what makes the phrases there."""
    return {path: partial(phrases_file, language) for language, path in phrase_paths().items()}


def _module(m: Module) -> wire.Module:
    names = list(dict.fromkeys(t.name for t in m.tensors))
    layers = list(m.layers) if m.path.endswith(".*") else []
    return wire.Module(m.path, m.label, m.kind, names, [_module(c) for c in m.modules], layers)


def _tensor(t: Tensor, model: Model) -> wire.Tensor:
    return wire.Tensor(
        name=t.name,
        label=t.label,
        axes=[a.name for a in t.axes],
        role=t.role,
        formula=None if t.formula is None else wire_expr(t.formula),
        tied_to=_tied_to(t, model),
        layers=list(t.layers),
        integer=t.integer,
        origin=_origin(t, model) if t.formula is None else None,
        latex=t.latex,
        about=t.about,
    )


def _tied_to(t: Tensor, model: Model) -> str | None:
    """The weight whose numbers a weight has, if the same axes in some order say which is which."""
    for other in model.definition.root.declared() if t.tied_to is not None else ():
        if other.name == t.tied_to and sorted(a.name for a in other.axes) == sorted(a.name for a in t.axes):
            return other.name
    return None


def _origin(t: Tensor, model: Model) -> wire.Origin:
    """The origin of a given tensor, with the layer left open."""
    text, indices = model.origin(t)
    return wire.Origin(text, [wire_expr(i) for i in indices])


def weights_file(model: Model) -> bytes:
    """All weights as safetensors, under the tensors' own names and in their axis order; tied ones are there once."""
    tensors = model.definition.tensors
    names = [name for name in model.weights or {} if _tied_to(tensors[name].declared, model) is None]
    return safetensors_bytes({name: _plain(model.weights[name]) for name in names if model.weights})


def run_file(run: Run) -> bytes:
    """Every value of a run but the weights, as safetensors."""
    has_decoder = run.model.definition.decoder is not None
    info = wire.RunInfo(
        run.model.name,
        run.tokens,
        run.texts,
        run.lengths,
        run.decoder,
        run.decoder_texts,
        _likeliest(run),
        run.text_of_prompt,
        run.text_of_decoder if has_decoder else None,
    )
    values = {n: _plain(run[n]) for n, t in run.model.tensors.items() if t.role != "weight"}
    return safetensors_bytes(values, {"run": msgspec.json.encode(info).decode()})


def _likeliest(run: Run) -> list[tuple[int, str]]:
    """The likeliest next tokens with their texts, for vocabularies too large to list; of a model that fills in hidden
    tokens, those at each place, and more of them where a token is hidden."""
    vocabulary = run.model.vocabulary
    logits = run.model.definition.logits
    if vocabulary.listed() is not None or logits is None:
        return []
    listed = {len(run[logits]) - 1: NEXT_LISTED}
    if run.model.definition.predicts == "masked":
        for at, token in enumerate(run.tokens):
            listed[at] = NEXT_LISTED if at in listed or token == vocabulary.mask else LISTED_AT_A_PLACE
    found = [np.argsort(-run[logits][at], kind="stable")[:count].tolist() for at, count in listed.items()]
    ids = list(dict.fromkeys(token for tokens in found for token in tokens))
    return list(zip(ids, vocabulary.texts(ids), strict=True))


def _plain(value: np.ndarray) -> np.ndarray:
    """float32, or int32 for whole numbers, as the browser reads them."""
    return np.asarray(value, dtype=np.int32 if np.issubdtype(value.dtype, np.integer) else np.float32)


def write(folder: Path, models: Sequence[Model]) -> None:
    """Write a bundle with its values into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = bundle(models, capabilities=wire.Capabilities())
    (folder / "bundle.json").write_bytes(to_json(made))
    for model, spec in zip(models, made.models, strict=True):
        if spec.weights and spec.run:
            (folder / spec.weights).parent.mkdir(parents=True, exist_ok=True)
            (folder / spec.weights).write_bytes(weights_file(model))
            (folder / spec.run).write_bytes(run_file(first_run(model)))
        for path, compiled in tour_files(model).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(compiled())
    for path, made_of in phrase_files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(made_of())


if __name__ == "__main__":
    from cutaway.load import load

    write(Path(sys.argv[1]), [load(s) for s in sys.argv[2:] or ["nano-gpt"]])
