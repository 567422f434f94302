"""Answers on the terminal: runs, tensors, explanations, costs.

Where output is not a terminal, tables are as wide as they need to be and carry no colours.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cutaway import numbers
from cutaway.cost import Cost
from cutaway.errors import SettingError
from cutaway.explain import Explanation, Factor, Terms
from cutaway.model import Model
from cutaway.run import Generated, Run

WIDE = 240
"""Columns of output that goes into a file or a pipe."""
NEXT_SHOWN = 10
"""Possible next tokens that are listed."""
BAR_CELLS = 24
SIDE_SHOWN = 24
"""Longest side of a matrix that is printed whole without ``--full``."""


def console() -> Console:
    """Where answers go. Made anew each time, so that it follows a redirected stdout."""
    made = Console(highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(highlight=False, width=WIDE, color_system=None)


def _table(*columns: tuple[str, bool], title: str | None = None) -> Table:
    """``columns``: header and whether it holds numbers."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for header, numeric in columns:
        table.add_column(header, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    return table


def _say(out: Console, text: Text) -> None:
    """A line of text, however long: the terminal wraps it, a file holds it as one line."""
    out.print(text, soft_wrap=True)


def token_shown(text: str) -> str:
    """The text of a token so that spaces and line ends can be seen."""
    return repr(text) if text != text.strip() or not text.isprintable() or not text else text


def print_run(run: Run) -> None:
    """The tokens with what is predicted after each, and the chances of the next one."""
    out, model = console(), run.model
    _say(out, Text(f"{model.title}: {len(run.tokens)} of at most {model.context} tokens"))
    tokens, texts = run.tokens, run.texts
    if model.definition.decoder is not None:
        _print_tokens(out, "token of the prompt", tokens, texts)
        tokens, texts = run.decoder, run.decoder_texts
        _say(out, Text(f"decoder: {len(tokens)} of at most {model.context} tokens"))
    scores, chances = model.definition.logits, model.definition.probabilities
    if scores is None or chances is None:
        _print_tokens(out, "token", tokens, texts)
        return
    probs = run[chances]
    best = probs.argmax(axis=-1)
    follows = model.definition.predicts == "next"
    here, last = ("predicted next", "next token") if follows else ("predicted here", "token at the last place")
    table = _table(("position", True), ("id", True), ("token", False), (here, False), ("probability", True))
    predicted = model.vocabulary.texts(best.tolist())
    for position, (token, text) in enumerate(zip(tokens, texts, strict=True)):
        chance = float(probs[position, best[position]])
        table.add_row(
            str(position),
            str(token),
            Text(token_shown(text)),
            Text(token_shown(predicted[position])),
            numbers.shown(chance),
        )
    out.print(table)
    if isinstance(run, Generated):
        _say(out, Text(f"generated: {run.text}"))
        out.print()
    table = _table((last, False), ("id", True), ("probability", True), ("logit", True), ("", False))
    logits = run[scores][-1]
    order = np.argsort(-probs[-1], kind="stable")[:NEXT_SHOWN].tolist()
    for i, text in zip(order, model.vocabulary.texts(order), strict=True):
        p = float(probs[-1, i])
        bar = "" if not np.isfinite(p) else "█" * round(p * BAR_CELLS)
        table.add_row(Text(token_shown(text)), str(i), numbers.shown(p), numbers.shown(float(logits[i])), bar)
    out.print(table)
    if len(probs[-1]) > NEXT_SHOWN:
        _say(out, Text(f"{len(probs[-1]) - NEXT_SHOWN} less likely tokens are not listed"))


def _print_tokens(out: Console, what: str, tokens: Sequence[int], texts: Sequence[str]) -> None:
    """Tokens that nothing is predicted of."""
    table = _table(("position", True), ("id", True), (what, False))
    for position, (token, text) in enumerate(zip(tokens, texts, strict=True)):
        table.add_row(str(position), str(token), Text(token_shown(text)))
    out.print(table)


def print_tensor(run: Run, name: str, *, full: bool = False) -> None:
    """A tensor as matrices, one for each position along its leading axes."""
    out, tensor, value = console(), run.model.tensors[name], run[name]
    axes = ", ".join(f"{a.name}={n}" for a, n in zip(tensor.axes, value.shape, strict=True))
    _say(out, Text(f"{tensor.name}[{axes}]  {tensor.label} ({tensor.role})", style="bold"))
    if tensor.declared.about:
        _say(out, Text(tensor.declared.about))
    lead = max(value.ndim - 2, 0)
    for place in itertools.product(*(range(n) for n in value.shape[:lead])):
        if lead:
            out.print()
            at = ", ".join(f"{a.name}={i}" for a, i in zip(tensor.axes[:lead], place, strict=True))
            _say(out, Text(at, style="bold"))
        # Written directly: rich would wrap lines, and numbers that are cut in two cannot be read back.
        print(_matrix(value[place], full=full))
    if not full and not tensor.integer:
        cut = any(n > SIDE_SHOWN for n in value.shape[lead:])
        hidden = f", and of sides longer than {SIDE_SHOWN} the ends only" if cut else ""
        _say(out, Text(f"rounded to four significant digits{hidden}; --full prints everything", style="dim"))


def _matrix(value: np.ndarray, *, full: bool) -> str:
    if full:
        formatter: Any = {
            "float_kind": lambda x: np.format_float_scientific(x, unique=True) if np.isfinite(x) else str(x)
        }
        return np.array2string(value, threshold=sys.maxsize, max_line_width=sys.maxsize, formatter=formatter)
    return np.array2string(
        value,
        threshold=0 if max(value.shape, default=0) > SIDE_SHOWN else sys.maxsize,
        edgeitems=4,
        max_line_width=sys.maxsize,
        formatter={"float_kind": lambda x: f"{numbers.shown(float(x)):>9}"},  # pyright: ignore[reportArgumentType]
    )


def print_explanation(explanation: Explanation, *, terms: int) -> None:
    """The formula of a cell in symbols and in numbers, the terms of its sums, and what it read."""
    out, tensor = console(), explanation.tensor
    value = explanation.value
    exact = "" if isinstance(value, int) else f"   ({np.float32(value)!s} in full)"
    _say(out, Text.assemble((explanation.name, "bold"), f" = {numbers.shown(value)}{exact}"))
    place = ", ".join(f"{a.kind} {a.name} = {explanation.place[a.name]}" for a in tensor.axes)
    _say(out, Text(f"{tensor.label} ({tensor.role}); {place}"))
    if tensor.declared.about:
        _say(out, Text(tensor.declared.about))
    out.print()
    if explanation.origin is not None:
        _say(out, Text(f"read from {explanation.origin}"))
        return
    _say(out, Text(explanation.text, style="cyan"))
    _say(out, Text(explanation.numbers_text))
    for s in explanation.sums:
        out.print()
        out.print(_terms_table(s, shown=terms))
        if len(s.terms) > terms:
            rest = sum(t.value for t in s.terms[terms:])
            total = f", together {numbers.shown(rest)}" if s.op == "sum" else ""
            _say(out, Text(f"{len(s.terms) - terms} smaller terms are not listed{total}"))
    _say(out, Text(f"\ncomputed from {', '.join(map(repr, explanation.sources))}"))


def _terms_table(s: Terms, *, shown: int) -> Table:
    what = {"sum": "Sum", "max": "Maximum", "argmax": "Position of the maximum"}[s.op]
    title = f"{what} over {', '.join(s.axes)}: {len(s.terms)} terms, {numbers.shown(s.value)}"
    table = _table(
        *((axis, True) for axis in s.axes), ("term", True), ("product of" if s.product else "from", False), title=title
    )
    for term in s.terms[:shown]:
        joined = (" × " if s.product else ", ").join(map(_factor, term.factors))
        table.add_row(*map(str, term.at), numbers.shown(term.value), Text(joined))
    return table


def _factor(f: Factor) -> str:
    value = numbers.shown(f.value)
    return value if f.tensor is None else f"{f.tensor}[{', '.join(map(str, f.index))}] = {value}"


def print_cost(model: Model, cost: Cost) -> None:
    """What each declared tensor costs; layers that are alike are one line."""
    out = console()
    declared = {t.name: t for t in model.definition.root.declared()}
    _say(out, Text(f"{model.title}: one forward pass over {cost.tokens} tokens"))
    table = _table(
        ("tensor", False), ("role", False), ("layers", True), ("cells", True),
        ("parameters", True), ("multiply-adds", True), ("bytes", True),
    )  # fmt: skip
    for t in cost.tensors:
        table.add_row(
            t.name, declared[t.name].role, str(t.copies) if declared[t.name].layers else "",
            *(f"{n:,}" if n else "" for n in (t.cells, t.parameters, t.multiply_adds, t.bytes)),
        )  # fmt: skip
    table.add_section()
    cells = sum(t.cells for t in cost.tensors)
    table.add_row("total", "", "", *(f"{n:,}" for n in (cells, cost.parameters, cost.multiply_adds, cost.bytes)))
    out.print(table)
    _say(out, Text(f"one token reads {cost.active_parameters:,} of the parameters"))
    if cost.cache_bytes_per_token:
        full = f"{cost.cache_bytes_full:,} for the {model.context:,} of the context"
        _say(out, Text(f"key/value cache: {cost.cache_bytes_per_token:,} bytes per token in 16-bit numbers, {full}"))
        _say(out, Text("multiply-adds: pairs of tokens that a mask or a window leaves out are counted"))


def print_json(value: Any) -> None:
    """Plain data; infinities and NaN as the texts that the wire format uses."""
    json.dump(_finite(value), sys.stdout, indent=2)
    print()


def _finite(value: Any) -> Any:
    match value:
        case float() if not np.isfinite(value):
            return numbers.shown(value)
        case dict():
            return {k: _finite(v) for k, v in value.items()}
        case list() | tuple():
            return [_finite(v) for v in value]
    return value


def write_run(run: Run, path: Path) -> None:
    """Every value of a run as a safetensors file."""
    from cutaway.bundle import run_file

    try:
        path.write_bytes(run_file(run))
    except OSError as e:
        raise SettingError(f"cannot write {path}: {e.strerror}") from None
