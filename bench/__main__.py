"""``make bench``: every figure of issue 2 against its target, from a single run.

``python -m bench numbers`` and ``python -m bench page`` measure one side only.
"""

from __future__ import annotations

import os
import platform
import sys

from bench.figures import print_table


def main(sides: list[str]) -> int:
    unknown = set(sides) - {"numbers", "page"}
    if unknown:
        print(f"expected numbers, page or nothing, received {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    figures = []
    if "numbers" in sides or not sides:
        from bench import numbers_side

        figures += numbers_side.measure()
    if "page" in sides or not sides:
        from bench import page_side

        figures += page_side.measure()
    print_table(figures)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missed = [f for f in figures if f.is_met is False]
    print(f"{len(missed)} targets missed" if missed else "every target met")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
