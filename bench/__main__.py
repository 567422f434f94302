"""``make bench``: every figure of issues 2 and 3 against its target, from a single run.

``python -m bench numbers``, ``page``, ``scene`` and ``export`` measure one side only.
"""

from __future__ import annotations

import os
import platform
import sys

from bench.figures import print_table


def main(sides: list[str]) -> int:
    unknown = set(sides) - {"numbers", "page", "scene", "export"}
    if unknown:
        print(
            f"expected numbers, page, scene, export or nothing, received {' '.join(sorted(unknown))}", file=sys.stderr
        )
        return 2
    figures = []
    if "numbers" in sides or not sides:
        from bench import numbers_side

        figures += numbers_side.measure()
    if "page" in sides or not sides:
        from bench import page_side

        figures += page_side.measure()
    if "scene" in sides or not sides:
        from bench import scene_side

        figures += scene_side.measure()
    if "export" in sides or not sides:
        from bench import export_side

        figures += export_side.measure()
    print_table(figures)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missed = [f for f in figures if f.is_met is False]
    print(f"{len(missed)} targets missed" if missed else "every target met")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
