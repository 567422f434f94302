"""What tells one model from another: its sizes, and what kinds of norm, positions, gating and experts it has.

Read off the definition, so that whoever defines a family says nothing twice. For comparing two models; what
differs from layer to layer says in how many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from cutaway.definition import Definition, Module, Tensor
from cutaway.formula import COMPARISONS, Apply, Axis, Cell, Const, Expr, Reduce, walk

LEARNED = "a learned vector each"


def sizes(definition: Definition) -> dict[str, int]:
    """The numbers that make a model large, by what they are called."""
    bodies = _bodies(definition)
    layers: dict[str, set[int]] = {}
    for body in bodies:
        layers.setdefault(body.path, set()).update(body.layers)
    heads = _largest(definition.axes, "head")
    found = {
        "context": definition.true_context,
        "layers": sum(map(len, layers.values())),
        "width": next((t.axes[-1].size for body in bodies for t in body.tensors if t.axes), 0),
        "vocabulary": _largest(definition.axes, "vocabulary"),
        "heads": heads,
        "key/value heads": _largest(definition.axes, "key/value head") or heads,
        "channels of a head": _largest(definition.axes, "head channel"),
        "hidden units": _largest(_axes_in(bodies, "mlp"), "feature"),
        "experts": _largest(definition.axes, "expert"),
        "active experts": _largest(definition.axes, "choice"),
        "hidden units of an expert": _largest(_axes_in(bodies, "experts"), "feature"),
    }
    return {name: size for name, size in found.items() if size}


def traits(definition: Definition) -> dict[str, str]:
    """What kinds of parts a model has, each in a few words."""
    bodies = _bodies(definition)
    of_layers: dict[str, Callable[[Module], str]] = {
        "Norm": _norm,
        "Attention and MLP": _order,
        "A token sees": _seen,
        "Keys and values": _keys,
        "Norm of queries and keys": _head_norm,
        "Attention scores": _scores,
        "MLP": _mlp,
        "Experts": _experts,
        "Biases": _biases,
    }
    return {
        "Positions": _positions(definition),
        **{name: _merged([(read(body), len(body.layers)) for body in bodies]) for name, read in of_layers.items()},
        "Head": _head(definition),
        "Predicts": {"next": "the next token", "masked": "hidden tokens"}.get(definition.predicts, "nothing"),
    }


def looks_ahead(body: Module) -> bool:
    """Whether some attention of a layer reads nothing but what is there at once: no token has to wait for another."""
    return all(_seen_in(m) == "all tokens" for m in _parts(body, "attention"))


def stage_in_words(definition: Definition, slot: str, modules: list[Module]) -> dict[str, str]:
    """What kind a stage is, by what it is called, see ``stages``; ``modules``: those it is made of, of all layers."""

    def of(read: Callable[[Module], str]) -> str:
        return _merged([(read(m), len(m.layers) or 1) for m in modules])

    if slot.startswith("norm"):
        return {"Norm": of(_norm_kind)}
    if slot.endswith("attention"):
        return {
            "Keys and values": of(_keys),
            "A token sees": of(_seen),
            "Norm of queries and keys": of(_head_norm),
            "Attention scores": of(_scores),
        }
    if slot == "MLP":
        return {"Hidden units": of(_mlp)}
    if slot.startswith("position"):
        return {"Positions": of(lambda m: m.label) if modules else LEARNED}
    if slot == "head":
        return {"Unembedding": _head(definition)}
    return {"Attention and MLP": of(_order)} if slot == "stream" else {}


def _norm_kind(norm: Module) -> str:
    return "layer norm" if any(t.name.endswith(".mean") for t in norm.tensors) else "RMS norm"


def _bodies(definition: Definition) -> list[Module]:
    """Every different layer."""
    return [m for m in definition.root.walk() if m.path.endswith(".*")]


def _merged(found: list[tuple[str, int]]) -> str:
    """One text, or each with the number of layers that it holds for."""
    layers: dict[str, int] = {}
    for text, count in found:
        layers[text] = layers.get(text, 0) + count
    if len(layers) < 2:
        return next(iter(layers), "none")
    return "; ".join(f"{text} ({count} layers)" for text, count in layers.items())


def _parts(body: Module, kind: str) -> Iterator[Module]:
    return (m for m in body.walk() if m.kind == kind)


def _axes_in(bodies: list[Module], kind: str) -> list[Axis]:
    """The axes of tensors that modules of a kind declare themselves."""
    return [a for body in bodies for m in _parts(body, kind) for t in m.tensors for a in t.axes]


def _largest(axes: list[Axis], kind: str) -> int:
    return max((a.size for a in axes if a.kind == kind), default=0)


def _formulas(modules: Iterator[Module]) -> Iterator[Expr]:
    return (e for m in modules for t in m.tensors for e in t.nodes)


# ---- of a layer ----


def _norm(body: Module) -> str:
    norms = [m for m in body.modules if m.kind == "norm"]
    if not norms:
        return "none"
    kind = next(k for k in ("layer norm", "RMS norm") if k in {*map(_norm_kind, norms)})
    before = after = False
    for norm in norms:
        own = {t.name for t in norm.tensors}
        statistics = {t.name for t in norm.tensors if t.role == "statistic"}
        for made in (t for t in body.declared() if t.role == "activation" and not statistics.isdisjoint(t.sources)):
            inside = {t.name for m in body.modules for t in m.declared()} - own
            readers = {t.name for t in body.declared() if made.name in t.sources} - own
            stays = made.name in own and readers <= inside
            before, after = before or stays, after or not stays
    places = " and ".join([*["before"] * before, *["after"] * after])
    return f"{kind}, {places} attention and MLP"


def _order(body: Module) -> str:
    """Whether the MLP knows what attention has found."""
    of = {t.name: t for t in body.declared()}
    attention = {t.name for m in _parts(body, "attention") for t in m.declared()}
    seen, ahead = set[str](), [t.name for m in _parts(body, "mlp") for t in m.declared()]
    if not attention or not ahead:
        return "one of them"
    while ahead:
        name = ahead.pop()
        if name in of and name not in seen:
            seen.add(name)
            ahead += of[name].sources
    return "one after the other" if seen & attention else "side by side"


def _seen(body: Module) -> str:
    texts = list(dict.fromkeys(_seen_in(m) for m in _parts(body, "attention")))
    return ", ".join(texts) or "itself"


def _seen_in(attention: Module) -> str:
    for e in _formulas(iter([attention])):
        match e:
            case Apply("where", (condition, _, Const(value))) if value == -math.inf:
                compared = [c for c in walk(condition) if isinstance(c, Apply) and c.op in COMPARISONS]
                limits = [arg.value for c in compared for arg in c.args if isinstance(arg, Const)]
                return f"{limits[0]:,.0f} tokens, itself the last" if limits else "itself and all before it"
    return "all tokens"


def _keys(body: Module) -> str:
    axes = [a for m in _parts(body, "attention") for t in m.tensors for a in t.axes]
    heads, groups = _largest(axes, "head"), _largest(axes, "key/value head")
    latents = [a.size for a in axes if a.kind == "latent"]
    if latents:
        return f"from a vector of {min(latents)} channels"
    if groups and groups < heads:
        return "one for all heads" if groups == 1 else f"one for each {heads // groups} heads"
    return "each head its own"


def _head_norm(body: Module) -> str:
    norms = [m for a in _parts(body, "attention") for m in a.modules if m.kind == "norm"]
    if any(a.kind == "latent" for m in norms for t in m.tensors for a in t.axes):
        return "RMS norm, of the vectors they are made from"
    return "RMS norm" if {"Query norm", "Key norm"} & {m.label for m in norms} else "none"


def _scores(body: Module) -> str:
    ops = {e.op for e in _formulas(_parts(body, "attention")) if isinstance(e, Apply)}
    sinks = any(t.name.endswith(".sinks") for m in _parts(body, "attention") for t in m.tensors)
    biased = any(c.tensor.axes == t.axes for a in _parts(body, "attention") for t in a.tensors for c in _scored(t))
    said = [*["a bias by distance"] * biased, *["soft cap"] * ("tanh" in ops), *["a sink in each head"] * sinks]
    return ", ".join(said) or "plain"


def _scored(t: Tensor) -> tuple[Cell, ...]:
    """What the formula of the scores reads."""
    return t.reads if t.name.endswith(".attn_scores") else ()


def _mlp(body: Module) -> str:
    """The gate and the bend of the hidden units."""
    hidden = [
        t
        for kind in ("mlp", "experts")
        for m in _parts(body, kind)
        for t in m.tensors
        if t.formula is not None and t.axes and t.axes[-1].kind == "feature"
    ]
    for t in hidden:
        ops = {e.op for e in t.nodes if isinstance(e, Apply)}
        bend = next((name for op, name in BENDS.items() if op in ops), None)
        if bend is None or any(isinstance(e, Reduce) for e in t.nodes):
            continue
        gated = sum(not name.endswith("_max") for name in t.sources) > 1
        limited = bend != "ReLU" and bool({"min", "max"} & ops)
        return f"{'gated, ' if gated else ''}{bend}{', limited' if limited else ''}"
    return "none"


BENDS = {"erf": "GELU", "tanh": "GELU by tanh", "exp": "SiLU", "max": "ReLU"}
"""What the formula of a hidden unit holds, and the name of the function that has it."""


def _experts(body: Module) -> str:
    found = [m for m in _parts(body, "experts")]
    if not found:
        return "none"
    axes = [a for t in body.declared() for a in t.axes]
    beside = any(m.kind == "mlp" for parent in _parts(body, "mlp") for m in parent.modules)
    text = f"{_largest(axes, 'choice')} of {_largest(axes, 'expert')} for each token"
    return text + (", and one for all" if beside else "")


def _biases(body: Module) -> str:
    has = [
        label
        for kind, label in (("attention", "attention"), ("mlp", "MLP"), ("experts", "experts"))
        if any(t.name.rpartition(".")[2] in BIASES[kind] for m in _parts(body, kind) for t in m.tensors)
    ]
    return f"in {' and '.join(has)}" if has else "none"


BIASES = {
    "attention": {"b_Q", "b_K", "b_V", "b_O"},
    "mlp": {"b_in", "b_gate", "b_out"},
    "experts": {"b_in", "b_gate", "b_out"},
}


# ---- of the whole ----


def _positions(definition: Definition) -> str:
    root = definition.root
    found = [m.label for m in root.walk() if m.kind == "position"]
    learned = [t for t in root.declared() if t.role == "weight" and any(a.kind == "position" for a in t.axes)]
    return ", ".join(dict.fromkeys([*[LEARNED] * bool(learned), *found])) or "none"


def _head(definition: Definition) -> str:
    weights = [t for t in definition.root.tensors if t.role == "weight" and t.axes[-1].kind == "vocabulary"]
    matrices = [t for t in weights if len(t.axes) > 1]
    if not matrices:
        return "none"
    return "the token embedding, used again" if any(t.tied_to for t in matrices) else "a matrix of its own"
