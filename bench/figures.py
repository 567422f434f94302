"""A figure with its target, and the table of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``target``: at most this, or at least where ``at_least``; none: for information."""

    part: str
    what: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


def print_table(figures: Iterable[Figure]) -> None:
    """Every figure, and whether its target is met."""
    table = Table(title="bench", title_justify="left", title_style="bold")
    for header in ("part", "what", "measured", "target", "", "note"):
        table.add_column(header, justify="right" if header in ("measured", "target") else "left")
    for f in figures:
        sign = "≥" if f.at_least else "≤"
        verdict = {None: "", True: "met", False: "MISSED"}[f.is_met]
        table.add_row(
            f.part,
            f.what,
            f"{f.value:,.4g} {f.unit}".strip(),
            "" if f.target is None else f"{sign} {f.target:,g} {f.unit}".strip(),
            Text(verdict, style="green" if f.is_met else "bold red"),
            f.note,
        )
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)


def median_ms(call: Callable[[], object], *, runs: int, warm_up: int = 2) -> float:
    """The median time of a call in milliseconds."""
    for _ in range(warm_up):
        call()
    return statistics.median(_timed(call) for _ in range(runs))


def ratios(calls: dict[str, Callable[[], object]], *, runs: int) -> dict[str, float]:
    """Median milliseconds of each call, taken in turns so that a busy machine slows all alike."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(runs):
        for name, call in calls.items():
            taken[name].append(_timed(call))
    return {name: statistics.median(times) for name, times in taken.items()}


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3
