"""Generate the browser's types from the wire format, so that it is declared once.

Pipeline stage: build time. ``python -m cutaway.wire_typescript`` reads the source of
:mod:`cutaway.wire`, a package, and writes ``client/src/bundle/wire``, a file for each of its modules;
with ``--check`` it writes nothing and exits with 1 when those files differ. What the Python declaration
says in docstrings stands as comments above the TypeScript types.

The annotations are translated from the syntax tree rather than from the evaluated types, because
evaluation forgets what matters here: the name of a union (``Expr``), the order of declaration and
the docstring under a field. msgspec's own metadata says how a struct is encoded.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import json
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import msgspec

from cutaway import wire

TARGET = Path(__file__).parents[2] / "client" / "src" / "bundle" / "wire"
INDEX = "index.ts"
"""What stands for the whole package, as ``__init__.py`` does."""
WIDTH = 100
SCALARS = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}


def typescript_from_wire() -> dict[str, str]:
    """The text of each generated file, by its name."""
    (folder,) = wire.__path__
    stems = sorted(path.stem for path in Path(folder).glob("*.py") if path.stem != "__init__")
    files = {f"{stem}.ts": _module(importlib.import_module(f"{wire.__name__}.{stem}")) for stem in stems}
    head = comment(f"{_header('')}\n\n{wire.__doc__}")
    return files | {INDEX: head + "\n" + "".join(f'export * from "./{stem}";\n' for stem in stems)}


def _header(stem: str) -> str:
    return (
        f"Generated from src/cutaway/wire{stem and f'/{stem}.py'} by `python -m cutaway.wire_typescript`. Do not edit."
    )


def _module(module: ModuleType) -> str:
    """The text of the file for one module: its declarations, and what it imports from the others."""
    tree = ast.parse(inspect.getsource(module))
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    own |= {_target(node) for node in tree.body if isinstance(node, ast.Assign)}
    imported = {
        (node.module or "").rpartition(".")[2]: sorted(alias.name for alias in node.names)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{wire.__name__}.")
    }
    known = own.union(*imported.values())
    parts = [comment(f"{_header(module.__name__.rpartition('.')[2])}\n\n{ast.get_docstring(tree) or ''}")]
    if imported:
        parts.append("".join(_import(names, stem) for stem, names in imported.items()))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            parts.append(declaration(node, struct=getattr(module, node.name), known=known))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            parts.append(f"export const {_target(node)} = {json.dumps(node.value.value)};\n")
        elif isinstance(node, ast.Assign):
            parts.append(f"export type {_target(node)} = {type_of(node.value, known=known)};\n")
    return "\n".join(parts)


def _import(names: list[str], stem: str) -> str:
    line = f'import type {{ {", ".join(names)} }} from "./{stem}";\n'
    if len(line) - 1 <= WIDTH:
        return line
    return "".join(["import type {\n", *(f"  {name},\n" for name in names), f'}} from "./{stem}";\n'])


def declaration(node: ast.ClassDef, *, struct: type[msgspec.Struct], known: set[str]) -> str:
    """One struct: an interface, or a tuple type when it travels as an array.

    ``struct`` is the class that ``node`` declares; ``known`` are the names a type may refer to.
    """
    config = struct.__struct_config__
    wire_names = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    optional = _fields_with_default(struct) if config.omit_defaults else set()
    head = comment(ast.get_docstring(node) or "")
    elements = [f'tag: "{config.tag}"'] if config.tag is not None else []
    lines = []
    for annotated, about in _fields(node):
        name = annotated.target.id  # pyright: ignore[reportAttributeAccessIssue]
        mark = "?" if name in optional else ""
        field = f"{wire_names[name]}{mark}: {type_of(annotated.annotation, known=known)}"
        elements.append(field)
        lines += [*comment(about, indent="  ").splitlines(), f"  readonly {field};"]
    if config.array_like:
        line = f"{head}export type {node.name} = [{', '.join(elements)}];\n"
        if len(line) - len(head) - 1 <= WIDTH:
            return line
        return "\n".join([f"{head}export type {node.name} = [", *(f"  {e}," for e in elements), "];\n"])
    if config.tag is not None:
        lines.insert(0, f'  readonly {config.tag_field}: "{config.tag}";')
    return "\n".join([f"{head}export interface {node.name} {{", *lines, "}\n"])


def type_of(node: ast.expr, *, known: set[str]) -> str:
    """The TypeScript type for a Python annotation.

    Raises ``TypeError`` for an annotation that this generator has no translation for.
    """
    match node:
        case ast.Constant(value=None):
            return "null"
        case ast.Name(id=name) if name in SCALARS:
            return SCALARS[name]
        case ast.Name(id=name) if name in known:
            return name
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{type_of(left, known=known)} | {type_of(right, known=known)}"
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            inner = type_of(item, known=known)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, value])):
            return f"Record<{type_of(key, known=known)}, {type_of(value, known=known)}>"
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=items)):
            return f"[{', '.join(type_of(item, known=known) for item in items)}]"
    raise TypeError(
        f"wire, line {node.lineno}: expected str, int, float, bool, None, a struct, a union, "
        f"list, dict or tuple of these; received {ast.unparse(node)!r}"
    )


def comment(text: str, *, indent: str = "") -> str:
    """A documentation comment of ``text``, wrapped; empty for an empty text."""
    text = re.sub(r"^(.+)\n-+$", r"\1:", text.strip(), flags=re.MULTILINE)
    text = re.sub(r":\w+:`([^`]*)`", r"`\1`", text).replace("``", "`")
    if not text:
        return ""
    lines: list[str] = []
    # A line goes on the one before, unless it is blank or starts a list item.
    for paragraph in re.sub(r"(?<=\S)\n(?!\n|\* )\s*", " ", text).split("\n"):
        lines += textwrap.wrap(
            paragraph,
            WIDTH - len(indent) - 3,
            subsequent_indent="  " if paragraph.startswith("* ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    if len(lines) == 1 and len(indent) + len(lines[0]) + 7 <= WIDTH:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def _fields(node: ast.ClassDef) -> list[tuple[ast.AnnAssign, str]]:
    """The annotated fields of a class, each with the docstring that stands under it."""
    following = [*node.body[1:], None]
    return [
        (statement, inspect.cleandoc(_string(after)))
        for statement, after in zip(node.body, following, strict=True)
        if isinstance(statement, ast.AnnAssign)
    ]


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return ""


def _target(node: ast.Assign) -> str:
    return ast.unparse(node.targets[0])


def _fields_with_default(struct: type[msgspec.Struct]) -> set[str]:
    fields = msgspec.structs.fields(struct)
    return {field.name for field in fields if not field.required}


def main(arguments: list[str]) -> int:
    """Write the files; with ``--check``, say whether they are up to date. The exit status."""
    expected = typescript_from_wire()
    found = {path.name: path.read_text() for path in TARGET.glob("*.ts")}
    if arguments == ["--check"]:
        for name in sorted({*found, *expected}):
            before, after = found.get(name, "").splitlines(), expected.get(name, "").splitlines()
            print(*difflib.unified_diff(before, after, name, "wire", lineterm=""), sep="\n", end="")
        if found == expected:
            return 0
        print(f"\n{TARGET.name}/ differs from what Python declares; run: python -m cutaway.wire_typescript")
        return 1
    if arguments:
        print(f"expected no arguments or --check, received {' '.join(arguments)!r}")
        return 2
    TARGET.mkdir(exist_ok=True)
    for name in {*found} - {*expected}:
        (TARGET / name).unlink()
    for name, text in expected.items():
        (TARGET / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
