"""How alike two pictures are: letters may sit a pixel elsewhere, nothing may be missing or of another colour.

Both are made small, which forgives how edges are smoothed. A place then differs by how far its colour is outside
of what the other picture shows around that place, which forgives a shift of a few pixels. The measure is the
largest mean of that over a window about as large as a short label.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

SMALLER = 4
"""Pixels of a picture that become one, each way."""
WINDOW = (3, 8)
"""Rows and columns of small pixels over which differences are averaged: 12 by 32 pixels."""
MOST = 0.06
"""Of 1, black against white. `test_gallery.py` shows that less than a missing label is below it, and a missing
label, a missing matrix or a matrix in another colour is above."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``most``: the measure; ``at``: where it was found, in pixels (x, y); ``map``: everywhere, small."""

    most: float
    map: np.ndarray
    at: tuple[int, int]

    @property
    def is_alike(self) -> bool:
        return self.most <= MOST


def difference(ours: Image.Image, reference: Image.Image) -> Difference:
    """Compare two pictures of one size. Raises ``ValueError`` for two sizes."""
    if ours.size != reference.size:
        raise ValueError(f"expected a picture of {reference.size[0]} x {reference.size[1]}, got {ours.size}")
    a, b = _small(ours), _small(reference)
    apart = np.maximum(_outside(a, b), _outside(b, a)).max(axis=-1)
    means = sliding_window_view(apart, WINDOW).mean(axis=(-1, -2))
    row, column = np.unravel_index(int(means.argmax()), means.shape)
    x, y = (int(column) + WINDOW[1] / 2) * SMALLER, (int(row) + WINDOW[0] / 2) * SMALLER
    return Difference(float(means.max()), apart, (round(x), round(y)))


def _small(picture: Image.Image) -> np.ndarray:
    """Colours from 0 to 1: rows, columns, channels."""
    return np.asarray(picture.convert("RGB").reduce(SMALLER), dtype=np.float32) / 255


def _outside(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How far each colour of ``a`` is outside of what ``b`` has within one small pixel of it."""
    around = sliding_window_view(np.pad(b, ((1, 1), (1, 1), (0, 0)), mode="edge"), (3, 3), axis=(0, 1))
    low, high = around.min(axis=(-1, -2)), around.max(axis=(-1, -2))
    return np.maximum(np.maximum(low - a, a - high), 0)


def write_report(path: Path, ours: Image.Image, reference: Image.Image, found: Difference) -> None:
    """Ours, the reference and where they differ (dark), side by side in one picture."""
    size = ours.size
    # everything from the threshold on is black
    shade = 255 - np.clip(found.map / (4 * MOST), 0, 1) * 255
    where = Image.fromarray(shade.astype(np.uint8)).resize(size)
    sheet = Image.new("RGB", (3 * size[0], size[1]))
    for i, picture in enumerate((ours, reference, where)):
        sheet.paste(picture.convert("RGB"), (i * size[0], 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
