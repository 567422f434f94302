"""The TypeScript types are those that the wire format declares, and the generator can fail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cutaway import wire_typescript


def test_committed_types_match_the_wire_format() -> None:
    found = {path.name: path.read_text() for path in wire_typescript.TARGET.iterdir()}
    assert found == wire_typescript.typescript_from_wire(), "run: python -m cutaway.wire_typescript"


def test_check_reports_a_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = wire_typescript.typescript_from_wire()
    for name, text in files.items():
        (tmp_path / name).write_text(text.replace("readonly size: number", "readonly size: string"))
    (tmp_path / "left_over.ts").write_text("export const VERSION = 0;\n")
    monkeypatch.setattr(wire_typescript, "TARGET", tmp_path)
    assert wire_typescript.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "+  readonly size: number;" in said
    assert "-export const VERSION = 0;" in said
    assert wire_typescript.main([]) == 0
    assert wire_typescript.main(["--check"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {*files}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("str", "string"),
        ("float | str", "number | string"),
        ("list[Expr]", "Expr[]"),
        ("list[int | None]", "(number | null)[]"),
        ("dict[str, list[Point]]", "Record<string, Point[]>"),
        ("list[tuple[float, float, float]]", "[number, number, number][]"),
    ],
)
def test_type_of(annotation: str, expected: str) -> None:
    node = ast.parse(annotation, mode="eval").body
    assert wire_typescript.type_of(node, known={"Expr", "Point"}) == expected


def test_unknown_annotation_is_named() -> None:
    node = ast.parse("set[int]", mode="eval").body
    with pytest.raises(TypeError, match=r"received 'set\[int\]'"):
        wire_typescript.type_of(node, known=set())


def test_tagged_structs_are_tuples_and_defaults_optional() -> None:
    text = "".join(wire_typescript.typescript_from_wire().values())
    assert 'export type Cell = [tag: "cell", tensor: string, indices: Expr[]];' in text
    assert "readonly layers?: number[];" in text  # omit_defaults: the key may be missing
    assert "readonly length_of: string | null;" in text  # a default that is always written
