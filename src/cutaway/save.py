"""The inverse of ``load``: a model's folder in Hugging Face layout.

The architecture's ``CHECKPOINT`` says where each weight stands in a file; here the same statement is
read backwards, so that what is written loads again here and in Transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cutaway.architectures import FAMILIES
from cutaway.definition import Definition, resolve
from cutaway.placement import Placed
from cutaway.safetensors_writer import write_bytes, write_safetensors


def stored_arrays(
    definition: Definition, placed: Mapping[str, Placed], weights: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Weights by full tensor name, as the arrays of a checkpoint by key.

    Each array is made empty and filled through the views that loading takes of it; fused projections
    come together by themselves.
    """
    arrays: dict[str, np.ndarray] = {}
    sizes = {a.name: a.size for a in definition.axes}
    for name, tensor in definition.tensors.items():
        if tensor.role == "weight" and tensor.declared.tied_to is None:
            place = placed[tensor.declared.name]
            template, axis = resolve(place.key, tensor.layer), place.stacked
            values = [weights[name]] if axis is None else weights[name]
            for i, value in enumerate(values):
                key = template.replace(f"{{{axis}}}", str(i))
                if key not in arrays:
                    arrays[key] = np.empty(place.stored_shape(tensor.axes, sizes), np.float32)
                place.view(arrays[key], tensor.axes, sizes)[...] = value
    return arrays


def save_folder(
    folder: Path, definition: Definition, config: Mapping[str, Any], weights: Mapping[str, np.ndarray]
) -> None:
    """Write ``config.json`` and ``model.safetensors``. The folder is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = stored_arrays(definition, FAMILIES[definition.family].CHECKPOINT, weights)
    write_safetensors(folder / "model.safetensors", arrays, {"format": "pt"})
    write_json(folder / "config.json", config)


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON, whole or not at all."""
    write_bytes(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
