"""The public interface, as a snapshot: what others rely on does not change by accident.

When a change is meant, change the snapshot with it and write a line into CHANGELOG.md.
"""

from __future__ import annotations

import inspect
from importlib import metadata

import cutaway
from cutaway import Comparison, Explanation, Exported, Model, Run, Shown
from cutaway.cost import Cost
from cutaway.definition import BoundTensor

SNAPSHOT = """
Comparison
CutawayError
Explanation
Exported
Model
Run
Shown
__version__
compare(first: 'Model | str | Path', second: 'Model | str | Path') -> 'Comparison'
export(path: 'str | Path', models: 'Sequence[Model] | Model', *, single_file: 'bool' = False, alone: 'bool' = False) -> 'Exported'
load(source: 'str | Path') -> 'Model'
show(what: 'Run | Model | Any', tokenizer: 'Any' = None, prompt: 'str | Sequence[int] | None' = None, *, port: 'int | None' = None, open_browser: 'bool' = True) -> 'Shown'
Model
  .context
  .cost(self, *, tokens: 'int | None' = None, decoder: 'int | None' = None) -> 'Cost'
  .decoder_prompt
  .definition
  .description
  .encode(self, prompt: 'str | Sequence[int]') -> 'list[int]'
  .encode_decoder(self, decoder: 'str | Sequence[int] | None') -> 'list[int]'
  .facts
  .name
  .origin(self, tensor: 'BoundTensor | Tensor') -> 'tuple[str, list[Expr]]'
  .plan
  .prompt
  .run(self, prompt: 'str | Sequence[int]', *, decoder: 'str | Sequence[int] | None' = None, on: 'str | Backend' = 'numpy', **inputs: 'Sequence[int]') -> 'Run'
  .tensors
  .title
  .vocabulary
  .weights
  .weights_on(self, on: 'Backend') -> 'WeightsOn'
  .within(self, tokens: 'int') -> 'Model'
Run
  .decoder_texts
  .explain(self, cell: 'str') -> 'Explanation'
  .generate(self, steps: 'int', *, temperature: 'float' = 0.0, top_k: 'int | None' = None, top_p: 'float | None' = None, seed: 'int' = 0) -> 'Generated'
  .lengths
  .prediction
  .text_of_decoder
  .text_of_prompt
  .texts
Explanation
  .evaluate(self) -> 'float'
  .index
  .latex
  .name
  .numbers_latex
  .numbers_text
  .origin
  .place
  .run
  .sources
  .sums
  .tensor
  .terms
  .text
  .to_dict(self) -> 'dict[str, Any]'
  .value
BoundTensor
  .axes
  .declared
  .formula
  .integer
  .label
  .layer
  .name
  .role
  .shape(self, lengths: 'Mapping[str, int]') -> 'tuple[int, ...]'
  .tensors
Cost
  .active_parameters
  .bytes
  .cache_bytes_full
  .cache_bytes_per_token
  .multiply_adds
  .parameters
  .tensors
  .tokens
Shown
  .close(self) -> 'None'
  .is_open
  .wait(self) -> 'None'
Comparison
  .first
  .second
  .sizes
  .stages
  .to_dict(self) -> 'dict[str, Any]'
  .traits
Exported
  .bytes
  .files
  .folder
"""  # noqa: E501


def public(kind: type) -> list[str]:
    """The public attributes of a class that it defines itself, with signatures of methods."""
    lines = []
    fields = set(getattr(kind, "__dataclass_fields__", ()))
    for name in sorted({n for n in vars(kind) if not n.startswith("_")} | {f for f in fields if not f.startswith("_")}):
        value = inspect.getattr_static(kind, name, None)
        signature = str(inspect.signature(value)) if inspect.isfunction(value) else ""
        lines.append(f"  .{name}{signature}")
    return lines


def snapshot() -> str:
    lines = []
    for name in sorted(cutaway.__all__):
        value = getattr(cutaway, name)
        lines.append(name + (str(inspect.signature(value)) if inspect.isfunction(value) else ""))
    for kind in (Model, Run, Explanation, BoundTensor, Cost, Shown, Comparison, Exported):
        lines += [kind.__name__, *public(kind)]
    return "\n".join(lines)


def test_the_public_interface_is_the_one_that_was_agreed() -> None:
    assert snapshot() == SNAPSHOT.strip()


def test_nothing_else_is_public() -> None:
    modules = {"compare", "errors", "explain", "export", "load", "model", "show"}
    names = {n for n in vars(cutaway) if not n.startswith("_")} - set(cutaway.__all__)
    assert all(inspect.ismodule(getattr(cutaway, n)) for n in names), names
    assert modules - names <= {"compare", "export", "load", "show"}  # these are functions that hide their modules


def test_every_public_object_says_what_it_is_for() -> None:
    for name in cutaway.__all__:
        if name != "__version__":
            assert inspect.getdoc(getattr(cutaway, name)), name
    for kind in (Model, Run, Explanation, Shown):
        for name in vars(kind):
            value = inspect.getattr_static(kind, name)
            if not name.startswith("_") and inspect.isfunction(value):
                assert inspect.getdoc(value), f"{kind.__name__}.{name}"


def test_the_version_is_stated_once() -> None:
    assert metadata.version("cutaway") == cutaway.__version__
