"""The progress of a training in the terminal: a bar while it runs, a table when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from cutaway.train.sort import Progress, Report
from cutaway.train.task import COUNT


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[Callable[[Progress], None]]:
    """A bar to hand to ``train_sort`` as ``progress``. It ends early when the aim is reached early."""
    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TextColumn(f"sorts {{task.fields[sorted]}} of {COUNT}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("training", total=None, loss="…", sorted="…")

        def show(p: Progress) -> None:
            total = p.step if p.done else p.max_steps
            bar.update(task, completed=p.step, total=total, loss=f"{p.loss:.4f}", sorted=p.sorted)

        yield show


def report_table(report: Report) -> Table:
    """The final report of a training."""
    table = Table(title="Training", show_header=False)
    for name, value in (
        ("task", report.task),
        ("parameters", f"{report.parameters:,}"),
        ("steps", f"{report.steps:,}"),
        ("loss of the last batch", f"{report.loss:.3g} nats"),
        ("sorted by greedy decoding", f"{report.sorted} of {report.inputs}"),
        ("least chance of a right letter", f"{report.least_chance:.4f}"),
        ("trained on", report.trained_on),
        ("time", f"{report.seconds:.0f} s"),
    ):
        table.add_row(name, value)
    return table
