"""What Python does: forward passes, explanations, the size of the bundle."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import numpy as np

import cutaway
from bench.figures import Figure, median_ms, ratios
from bench.memory import memory
from cutaway.architectures import FAMILIES
from cutaway.bundle import bundle, run_file, to_json, weights_file
from cutaway.load import load_structure, presets
from cutaway.model import Model
from cutaway.tour.files import tour_file
from cutaway.tour.guide import GUIDE
from cutaway.vocabulary import IdsOnly
from cutaway.wire import Capabilities

GPT2_TOKENS = 64


def measure(*, large: bool = True) -> Iterator[Figure]:
    """Every figure of this side; ``large``: the one with GPT-2 small too, which takes half a minute."""
    model = cutaway.load("nano-gpt")
    full = [2, 1, 0, 1, 1, 2, 0, 1, 2, 1, 0]
    for on, target in (("numpy", 3.0), ("torch", None)):
        took = median_ms(lambda on=on: model.run(full, on=on), runs=100, warm_up=5)
        yield Figure("nano-gpt", f"model.run, 11 tokens, every tensor kept, {on}", took, "ms", target)
    yield from explanations(model)
    yield from sizes(model)
    yield from structures()
    if large:
        yield from gpt2_small()


def explanations(model: Model) -> Iterator[Figure]:
    """Explaining random cells of every tensor, all of it: strings, terms, sources."""
    run = model.run("CBABBC")
    random = np.random.default_rng(0)
    cells = []
    for name, tensor in model.tensors.items():
        index = ", ".join(str(random.integers(n)) for n in tensor.shape(run.lengths))
        cells.append(f"{name}[{index}]")
    for cell in cells:
        run.explain(cell).to_dict()
    took = [median_ms(lambda cell=cell: run.explain(cell).to_dict(), runs=5, warm_up=0) for cell in cells]
    slowest = cells[int(np.argmax(took))]
    yield Figure("nano-gpt", "explain one cell, Python, median of all tensors", float(np.median(took)), "ms", 1.0)
    yield Figure("nano-gpt", "explain one cell, Python, slowest tensor", max(took), "ms", 1.0, note=slowest)


def sizes(model: Model) -> Iterator[Figure]:
    """Bytes of what the page reads."""
    made = to_json(bundle([model], capabilities=Capabilities()))
    for what, body in (
        ("bundle.json", made),
        ("weights", weights_file(model)),
        ("first run", run_file(model.run("CBABBC"))),
    ):
        packed = len(gzip.compress(body, 6)) / 1e3
        yield Figure("bundle", what, len(body) / 1e3, "kB", note=f"{packed:,.1f} kB with gzip")


def structures() -> Iterator[Figure]:
    """The bundle and the tour of every configuration that comes by name, from the name to the bytes that are sent."""
    for name in presets():

        def sent(name: str = name) -> bytes:
            return gzip.compress(to_json(bundle([cutaway.load(name)], capabilities=Capabilities())), 6)

        kilobytes = len(sent()) / 1e3
        took = median_ms(sent, runs=5, warm_up=1)
        yield Figure("structure", f"{name}: load, build bundle.json, gzip", took, "ms", 100.0)
        yield Figure("structure", f"{name}: with gzip", kilobytes, "kB", 60.0)

        def told(name: str = name) -> bytes:
            return tour_file(GUIDE, load_structure(presets()[name], name), "en")

        yield Figure("structure", f"{name}: compile its tour", median_ms(told, runs=3, warm_up=0), "ms", 1000.0)
        yield Figure("structure", f"{name}: tour with gzip", len(gzip.compress(told(), 6)) / 1e3, "kB", 60.0)


def gpt2_small() -> Iterator[Figure]:
    """Against the eager Transformers model of the same shape, which keeps attentions and hidden states."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config()
    config._attn_implementation = "eager"
    theirs = GPT2LMHeadModel(config).eval()
    definition = FAMILIES["gpt2"].define({"model_type": "gpt2", "name": "gpt2-small"})
    random = np.random.default_rng(0)
    weights = {
        name: (random.standard_normal(t.shape({}), dtype=np.float32) * np.float32(0.02))
        for name, t in definition.tensors.items()
        if t.role == "weight"
    }
    ours = Model(definition, IdsOnly(50257), weights)  # pyright: ignore[reportArgumentType]
    ids = random.integers(0, 50257, GPT2_TOKENS).tolist()

    def eager() -> None:
        with torch.no_grad():
            theirs(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)

    took = ratios(
        {"eager": eager, "torch": lambda: ours.run(ids, on="torch"), "numpy": lambda: ours.run(ids, on="numpy")}, runs=7
    )
    part = "GPT-2 small"
    yield Figure(part, f"Transformers, eager, {GPT2_TOKENS} tokens", took["eager"], "ms")
    for on, target in (("torch", 1.2), ("numpy", 2.5)):
        yield Figure(
            part,
            f"ours, {on}, every tensor kept, against it",
            took[on] / took["eager"],
            "x",
            target,
            note=f"{took[on]:.0f} ms",
        )
    yield from memory(definition, weights)
