"""What docs/families.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from cutaway import architectures
from cutaway.architectures import FAMILIES
from cutaway.parts.rotary import STRETCHED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "families.md").read_text("utf-8")


def test_every_family_is_listed_once() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert sorted(listed) == sorted([*FAMILIES, "model_type"])


def test_every_example_stands_in_the_code() -> None:
    folder = Path(str(architectures.__file__)).parent
    code = "\n".join(p.read_text("utf-8") for p in [*folder.glob("*.py"), Path(__file__).parent / "configurations.py"])

    def lines(text: str) -> list[str]:
        return [line.strip() for line in text.strip().splitlines()]

    known = "\n".join(lines(code))
    for example in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        assert "\n".join(lines(example)) in known


def test_rotary_types_are_those_supported() -> None:
    said = PAGE.split("`rope_type` ")[1].split(" are computed")[0]
    assert set(re.findall(r"`(\w+)`", said)) == set(STRETCHED)


def test_placements_in_the_table_are_real() -> None:
    used = {(p.key, p.pattern) for family in FAMILIES.values() for p in family.CHECKPOINT.values()}
    shown = re.findall(r"`Placed\(\"([^\"]+)\", \"([^\"]+)\"", PAGE)
    assert len(shown) == 5
    assert set(shown) <= used
