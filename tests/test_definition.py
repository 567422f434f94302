"""The module tree: names, layers that are alike declared once, and references between layers."""

from __future__ import annotations

import pytest

from cutaway.architectures import gpt2
from cutaway.definition import Definition, Module, resolve
from cutaway.errors import FormulaError, NameNotFound
from cutaway.formula import Axis, Sum

T = Axis("t", "token", 4, length_of="tokens")
C = Axis("c", "channel", 3)


def small(layers: int = 3) -> Definition:
    """A stream that doubles in every layer."""
    root = Module(label="Small", kind="model")
    tokens = root.input("tokens", [T])
    w = root.weight("W_E", [C, C])
    embed = root.activation("embed", [T, C], w[tokens[T] % 3, C])
    block = root.stack("blocks", layers=range(layers), label="Block")
    pre = block.carry("pre", [T, C], embed[T, C], last="post")
    post = block.activation("post", [T, C], pre[T, C] * 2.0)
    root.statistic("logits", [T], Sum(C, post.layer(layers - 1)[T, C]))
    return Definition("small", "small", root, 4)


def test_names_are_expanded_layer_by_layer_in_order_of_computation() -> None:
    assert list(small().tensors) == [
        "tokens", "W_E", "embed",
        "blocks.0.pre", "blocks.0.post", "blocks.1.pre", "blocks.1.post", "blocks.2.pre", "blocks.2.post",
        "logits",
    ]  # fmt: skip


def test_every_tensor_comes_after_what_it_reads() -> None:
    definition = gpt2.define({"n_layer": 3, "n_embd": 8, "n_head": 2})
    seen: set[str] = set()
    from cutaway.formula import cells

    for name, tensor in definition.tensors.items():
        if tensor.formula is not None:
            assert {cell.tensor.name for cell in cells(tensor.formula)} <= seen
        seen.add(name)


def test_layers_that_are_alike_share_one_declaration() -> None:
    tensors = small().tensors
    assert tensors["blocks.1.post"].declared is tensors["blocks.2.post"].declared
    assert tensors["blocks.1.pre"].declared is tensors["blocks.2.pre"].declared
    assert tensors["blocks.0.pre"].declared is not tensors["blocks.1.pre"].declared
    few, many = (sum(1 for _ in small(layers).root.declared()) for layers in (2, 48))
    assert few == many


def test_references_are_bound_to_the_layer_where_they_stand() -> None:
    tensors = small().tensors
    assert repr(tensors["blocks.0.pre"].formula) == "embed[t, c]"
    assert repr(tensors["blocks.2.pre"].formula) == "blocks.1.post[t, c]"
    assert repr(tensors["blocks.2.post"].formula) == "(blocks.2.pre[t, c] * 2.0)"
    assert repr(tensors["logits"].formula) == "sum(c, blocks.2.post[t, c])"
    assert tensors["tokens"].formula is None


@pytest.mark.parametrize(
    ("name", "layer", "full"),
    [
        ("embed", None, "embed"),
        ("blocks.*.attn.q", 3, "blocks.3.attn.q"),
        ("blocks.<.resid_post", 3, "blocks.2.resid_post"),
        ("blocks.5.x", 3, "blocks.5.x"),
    ],
)
def test_resolve(name: str, layer: int | None, full: str) -> None:
    assert resolve(name, layer) == full


def test_shapes_and_repr() -> None:
    tensor = small().tensors["blocks.1.post"]
    assert tensor.shape({"tokens": 2}) == (2, 3)
    assert tensor.role == "activation"
    assert repr(tensor) == "<activation blocks.1.post[t=4, c=3] = (blocks.1.pre[t, c] * 2.0)>"


def test_an_unknown_name_has_near_matches() -> None:
    tensors = small().tensors
    assert "blocks.1.psot" not in tensors
    with pytest.raises(NameNotFound, match=r"small has no tensor 'blocks.1.psot'\. Did you mean 'blocks.1.post'"):
        tensors["blocks.1.psot"]
    with pytest.raises(NameNotFound):
        tensors["blocks.9.post"]


def test_axes_are_listed_once_in_order_of_use() -> None:
    assert [a.name for a in gpt2.define({}).axes] == ["t", "v", "c", "p", "h", "a", "s", "f"]


def test_two_axes_of_one_name_are_refused() -> None:
    root = Module(label="", kind="model")
    root.weight("a", [Axis("c", "channel", 3)])
    root.weight("b", [Axis("c", "channel", 4)])
    with pytest.raises(FormulaError, match="b: two different axes are both named 'c'"):
        _ = Definition("x", "x", root, 4).axes


def test_declaring_twice_is_refused() -> None:
    root = Module(label="", kind="model")
    root.weight("a", [C])
    with pytest.raises(FormulaError, match="a is declared twice"):
        root.weight("a", [C])


def test_a_formula_is_checked_when_it_is_declared() -> None:
    root = Module(label="", kind="model")
    w = root.weight("w", [C])
    with pytest.raises(FormulaError, match=r"norm\.y: axis 'c' is not bound; bound here: t"):
        root.module("norm", label="", kind="norm").activation("y", [T], w[C])


def test_a_stack_inside_a_stack_is_refused() -> None:
    block = Module(label="", kind="model").stack("blocks", layers=range(2), label="")
    with pytest.raises(FormulaError, match="a stack inside a stack"):
        block.stack("inner", layers=range(2), label="")


def test_bodies_of_different_form_in_one_stack() -> None:
    root = Module(label="", kind="model")
    w = root.weight("w", [C])
    for layers, factor in (((0, 2), 2.0), ((1,), 3.0)):
        root.stack("blocks", layers=layers, label="").activation("y", [C], w[C] * factor)
    definition = Definition("x", "x", root, 4)
    assert list(definition.tensors) == ["w", "blocks.0.y", "blocks.1.y", "blocks.2.y"]
    assert [repr(definition.tensors[f"blocks.{k}.y"].formula)[-4:-1] for k in range(3)] == ["2.0", "3.0", "2.0"]
