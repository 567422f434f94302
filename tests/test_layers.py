"""The arrows of the architecture: who may import whom, in Python and in the client. See ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "cutaway"
CLIENT = ROOT / "client" / "src"

PYTHON: list[set[str]] = [
    {"errors", "numbers", "arithmetic", "page", "sampling", "safetensors_writer", "wire"},
    {"axes", "formula", "quantized", "safetensors_reader", "shards", "vocabulary", "wire_formula", "wire_typescript"},
    {"definition", "placement", "printing"},
    {"parts", "lower", "checkpoints", "cost", "traffic", "cellwise"},
    {"growth", "shorter", "breakdown", "traits", "roles", "stages", "alignment", "comparison_text"},
    {"architectures", "evaluate", "sources", "explain"},
    {"run", "model", "layout", "save"},
    {"tour"},
    {"phrases"},
    {"load", "budget", "bundle", "catalogue", "lengths", "compare"},
    {"adapters"},
    {"train", "server", "export"},
    {"show"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
"""From the bottom up: a module imports from lower rows, and from its own row where that makes no circle."""

CLIENT_LAYERS: list[set[str]] = [
    {"words"},
    {"bundle"},
    {"theme"},
    {"formula"},
    {"evaluate"},
    {"timeline"},
    {"scene"},
    {"render"},
    {"state"},
    {"ui"},
    {"tour"},
    {"main"},
]
"""The same for the folders of the client, each of which imports from those above it."""

THIRD_PARTY = {
    "torch": {"evaluate", "train"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "typer": {"cli"},
    "rich": {"cli", "train"},
    "tokenizers": {"vocabulary"},
    "einops": {"placement"},
    "huggingface_hub": {"adapters"},
}
"""Libraries that belong to one part: nothing else may import them."""


def modules() -> dict[str, list[Path]]:
    """Top-level part of the package to its files."""
    parts: dict[str, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts.setdefault(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), []).append(path)
    return parts


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at whatever place, except for types only."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts_imported(path: Path) -> set[str]:
    """The parts of the package that a file imports."""
    known, found = set(modules()), set()
    for name in imports(path):
        if name == "cutaway" or name.startswith("cutaway."):
            part = name.split(".")[1] if "." in name else "__init__"
            found.add(part if part in known else "__init__")
    return found


def test_every_module_has_its_place() -> None:
    assert set(modules()) - {"static", "models", "presets"} == set().union(*PYTHON)


@pytest.mark.parametrize("part", sorted(set().union(*PYTHON)))
def test_python_imports_go_one_way(part: str) -> None:
    row = next(k for k, names in enumerate(PYTHON) if part in names)
    allowed = {"__init__"}.union(*PYTHON[: row + 1]) if part in {"train", "cli"} else set().union(*PYTHON[: row + 1])
    for path in modules()[part]:
        wrong = parts_imported(path) - allowed
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def test_python_has_no_circles() -> None:
    edges = {part: set[str]().union(*map(parts_imported, paths)) - {part} for part, paths in modules().items()}
    edges["train"].discard("__init__")  # reads the version
    edges["cli"].discard("__init__")
    done: list[str] = []

    def visit(part: str, path: tuple[str, ...]) -> None:
        assert part not in path, " imports ".join([*path[path.index(part) :], part])
        if part not in done:
            for other in edges.get(part, ()):
                visit(other, (*path, part))
            done.append(part)

    for part in edges:
        visit(part, ())


def test_a_module_reads_only_from_those_above_it_in_the_table() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## Client")[0]
    rows = re.findall(r"^\| `(\w+)(?:\.py|/)` \|", table, re.MULTILINE)
    files = modules()
    for k, part in enumerate(rows):
        for path in files.get(part, []):
            wrong = parts_imported(path) & set(rows[k + 1 :])
            assert not wrong, f"ARCHITECTURE.md: {', '.join(sorted(wrong))} stand below {part}, which reads from them"


@pytest.mark.parametrize(("library", "owners"), THIRD_PARTY.items())
def test_a_library_belongs_to_one_part(library: str, owners: set[str]) -> None:
    for part, paths in modules().items():
        for path in paths:
            uses = any(name.split(".")[0] == library for name in imports(path))
            assert not uses or part in owners, f"{path.relative_to(ROOT)} imports {library}"


def test_transformers_is_never_needed_to_run() -> None:
    for paths in modules().values():
        for path in paths:
            assert not any(name.split(".")[0] in {"transformers", "safetensors"} for name in imports(path)), path


IMPORT = re.compile(r"""(?:from\s+|import\s*\(\s*|import\s+)["'](\.[^"']*)["']""")


def client_files() -> list[Path]:
    files = [p for p in CLIENT.rglob("*") if p.suffix in {".ts", ".svelte"}]
    own = [p for p in files if ".test." not in p.name and p.name not in {"testing.ts", "sample.ts"}]
    return sorted(p for p in own if "golden" not in p.relative_to(CLIENT).parts)  # cases of the tests


def client_layer(path: Path) -> str:
    """The folder of a client file; files directly in ``src`` are the entry."""
    parts = path.relative_to(CLIENT).as_posix().split("/")
    return parts[0] if len(parts) > 1 or path.is_dir() else "main"


def client_imports(path: Path) -> list[str]:
    """Relative imports of a client file."""
    text = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return IMPORT.findall(text)


def test_every_client_folder_has_its_place() -> None:
    folders = {p.name for p in CLIENT.iterdir() if p.is_dir()} - {"golden"}
    assert folders == set().union(*CLIENT_LAYERS) - {"main"}


@pytest.mark.parametrize("path", client_files(), ids=lambda p: str(p.relative_to(CLIENT)))
def test_client_imports_go_one_way(path: Path) -> None:
    order = [name for row in CLIENT_LAYERS for name in row]
    own = order.index(client_layer(path))
    for target in client_imports(path):
        other = client_layer((path.parent / target).resolve())
        assert order.index(other) <= own, f"{path.relative_to(CLIENT)} imports {target}"


def test_nothing_in_the_client_is_named_after_a_model_or_a_kind_of_layer() -> None:
    """The client draws whatever the bundle says; it knows no architecture."""
    forbidden = re.compile(r"\b(gpt|nano-?gpt|llama|attention|mlp|layer_?norm|resid_\w+|W_[QKVEU]\w*)\b", re.IGNORECASE)
    for path in client_files():
        text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*|<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL)
        found = forbidden.search(text)
        assert not found, f"{path.relative_to(CLIENT)} says {found[0]!r}"
