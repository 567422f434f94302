"""Make the golden files that hold the TypeScript client to what Python computes.

``python -m tests.golden.make`` writes ``client/src/golden``. Each file holds a small model with seeded
random weights, every value of one run, and the full explanation of several cells of each tensor; or one
very small model of a family, more briefly; or cases of number formatting and of sampling. The values are
part of the files, so that a matrix product that rounds differently on another machine changes nothing.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from cutaway import numbers
from cutaway.architectures import gpt2, mistral, mixtral, t5
from cutaway.axes import KINDS
from cutaway.definition import BoundTensor, Definition
from cutaway.evaluate import Plan, numpy_backend
from cutaway.explain import explain_at
from cutaway.sampling import Sampling, chances, choose, uniform

from . import families
from .operations import operations
from .stored import StoredRun, explained, finite, model_to_wire

TARGET = Path(__file__).parents[2] / "client" / "src" / "golden"
CELLS_PER_TENSOR = 3


class Golden(NamedTuple):
    """A definition, and the tokens it is run on."""

    definition: Definition
    tokens: list[int]
    decoder: Sequence[int] = ()
    cells: int = 1
    """How many cells of each tensor are explained."""


def definitions() -> dict[str, Golden]:
    """By the name of a file."""
    config = {"name": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 8, "n_positions": 6, "vocab_size": 5}
    tiny = {"vocab_size": 5, "hidden_size": 4, "intermediate_size": 3, "num_hidden_layers": 1, "num_attention_heads": 2,
            "num_key_value_heads": 1, "max_position_embeddings": 6}  # fmt: skip
    experts = {**tiny, "name": "experts", "num_local_experts": 3, "num_experts_per_tok": 2}
    windows = {**tiny, "name": "windows", "head_dim": 2, "sliding_window": 2}
    two = {"name": "decoder", "vocab_size": 5, "d_model": 4, "d_kv": 2, "d_ff": 3, "num_layers": 1, "num_heads": 2,
           "n_positions": 6, "relative_attention_num_buckets": 6, "relative_attention_max_distance": 5}  # fmt: skip
    return {
        "gpt2": Golden(gpt2.define(config), [3, 1, 4, 1, 0], cells=CELLS_PER_TENSOR),
        "operations": Golden(operations(), [2, 0, 2, 4], cells=CELLS_PER_TENSOR),
        "experts": Golden(mixtral.define(experts), [3, 1, 4, 0]),
        "windows": Golden(mistral.define(windows), [3, 1, 4, 1]),
        "decoder": Golden(t5.define(two), [3, 1, 4, 1, 2], [0, 4, 2]),
    }


def random_weights(definition: Definition, seed: int) -> dict[str, np.ndarray]:
    """Normal numbers of three significant digits, so that they are short to write."""
    rng = np.random.default_rng(seed)
    return {
        name: np.array([float(f"{x:.3g}") for x in rng.normal(size=tensor.shape({})).ravel()], np.float32).reshape(
            tensor.shape({})
        )
        for name, tensor in definition.tensors.items()
        if tensor.role == "weight"
    }


def cells(tensor: BoundTensor, lengths: Mapping[str, int], count: int) -> Iterator[tuple[int, ...]]:
    """The last, the first if there may be more than one, and some cells between, the same every time."""
    every = list(itertools.product(*map(range, tensor.shape(lengths))))
    middle = random.Random(tensor.name).sample(every[1:-1], max(0, min(count - 2, len(every) - 2)))
    yield from dict.fromkeys([every[0], *sorted(middle), every[-1]][-count:])


def golden_model(definition: Definition, tokens: list[int], decoder: Sequence[int], count: int) -> dict[str, Any]:
    """Everything the client's tests need to explain cells of a run, and what the explanations are."""
    weights = random_weights(definition, seed=len(tokens))
    inputs = {} if definition.decoder is None else {definition.decoder: list(decoder)}
    values = Plan(definition).run(tokens, weights, numpy_backend(), inputs=inputs)
    values = {
        name: np.asarray(values[name], np.int32 if t.integer else np.float32) for name, t in definition.tensors.items()
    }
    return {
        "kinds": [msgspec.to_builtins(kind) for kind in KINDS.values()],
        "model": model_to_wire(definition),
        "tokens": tokens,
        "decoder": list(decoder),
        "lengths": definition.lengths(len(tokens), len(decoder)),
        "values": {name: {"shape": list(a.shape), "data": shortest(a)} for name, a in values.items()},
        "explanations": explanations(StoredRun(definition, tokens, values, decoder), count),
    }


def explanations(run: StoredRun, count: int) -> list[dict[str, Any]]:
    """The explanations of some cells of every tensor, as JSON."""
    return [
        explained(explain_at(run, tensor, cell))
        for tensor in run.tensors.values()
        for cell in cells(tensor, run.lengths, count)
    ]


def number_cases() -> list[dict[str, Any]]:
    """Numbers as values and as constants: borders, exact halves, all magnitudes."""
    rng = np.random.default_rng(0)
    magnitudes = [float(f"{m}e{e}") for e in range(-12, 13) for m in ("1", "9.9994", "9.9995", "9.9996", "-1.2345")]
    halves = [
        1.0625,
        2.1875,
        10.625,
        0.10009765625,
        12344.5,
        12345.5,
        99999.5,
        1234.5,
        -1235.5,
        3.00048828125,
        262150.0,
    ]
    single = np.concatenate([rng.normal(size=40), 10.0 ** rng.uniform(-9, 9, size=40)]).astype(np.float32).tolist()
    plain = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        100.0,
        99999.0,
        100000.0,
        1e7,
        1234567.0,
        0.044715,
        1e-5,
        math.sqrt(2 / math.pi),
    ]
    cases = [
        *plain,
        *magnitudes,
        *halves,
        *single,
        2 * math.pi * 1e20,
        5e-324,
        1.7976931348623157e308,
        math.inf,
        -math.inf,
        math.nan,
    ]
    return [
        finite(
            {
                "x": x,
                "shown": numbers.shown(x),
                "written": numbers.written(x),
                "latex": [numbers.latex(numbers.shown(x)), numbers.latex(numbers.written(x))],
            }
        )
        for x in cases
    ]


def sampling_cases() -> dict[str, Any]:
    """Random numbers, chances and choices."""
    rng = np.random.default_rng(1)
    cases = []
    for k in range(60):
        logits = [float(f"{x:.3g}") for x in rng.normal(scale=2, size=int(rng.integers(1, 9)))]
        if k % 6 == 0:
            logits[0] = math.nan
        if k % 10 == 0:
            logits = [round(x) if math.isfinite(x) else x for x in logits]  # ties
        how = Sampling(
            temperature=float(rng.choice([0, 0.3, 1, 2])),
            top_k=[None, 1, 2, 5][int(rng.integers(4))],
            top_p=[None, 0.2, 0.7, 1.0][int(rng.integers(4))],
            seed=int(rng.integers(2**32)),
        )
        position = int(rng.integers(1, 2000))
        cases.append(
            finite(
                {
                    "logits": logits,
                    "how": {"temperature": how.temperature, "topK": how.top_k, "topP": how.top_p, "seed": how.seed},
                    "position": position,
                    "chances": [{"token": i, "probability": p} for i, p in chances(logits, how)],
                    "chosen": choose(logits, how, position=position),
                }
            )
        )
    places = [
        (0, 0),
        (0, 1),
        (1, 0),
        (2**32 - 1, 2**20),
        *((int(a), int(b)) for a, b in rng.integers(2**31, size=(20, 2))),
    ]
    return {
        "uniform": [
            {"seed": seed, "position": position, "value": uniform(seed, position)} for seed, position in places
        ],
        "choices": cases,
    }


def shortest(array: np.ndarray) -> list[int | float | str]:
    """The values, each float32 with as few digits as give it back."""
    if array.dtype == np.int32:
        return array.ravel().tolist()
    return [finite(float(np.format_float_scientific(x, unique=True))) for x in array.ravel()]


def write(name: str, data: Any) -> None:
    """One line per entry of the outer levels, so that a change can be read."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace(',{"tensor":"', ',\n{"tensor":"').replace(',{"x":', ',\n{"x":').replace('},"', '},\n"')
    (TARGET / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for name, golden in definitions().items():
        write(name, golden_model(*golden))
    (TARGET / "families").mkdir(exist_ok=True)
    for name in families.CONFIGURATIONS:
        write(f"families/{name}", families.golden_family(families.family(name)))
    write("numbers", number_cases())
    write("sampling", sampling_cases())


if __name__ == "__main__":
    main()
