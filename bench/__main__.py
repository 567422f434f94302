"""``make bench``: every figure of issues 2 to 5 against its target, from a single run.

``python -m bench numbers``, ``page``, ``scene``, ``large``, ``export`` and ``tour`` measure one side only.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module

from bench.figures import print_table

SIDES = ("numbers", "page", "scene", "large", "export", "tour")


def main(sides: list[str]) -> int:
    unknown = set(sides) - set(SIDES)
    if unknown:
        print(f"expected {', '.join(SIDES)} or nothing, received {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    figures = []
    for side in SIDES:
        if side in sides or not sides:
            figures += import_module(f"bench.{side}_side").measure()
    print_table(figures)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missed = [f for f in figures if f.is_met is False]
    print(f"{len(missed)} targets missed" if missed else "every target met")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
