"""``cutaway.load``: from a name or a folder to a model.

A source is the name of a built-in model, or a folder in Hugging Face layout (``config.json``,
``model.safetensors``, optional ``tokenizer.json``). The built-in models are such folders inside the
package, so there is one way to load.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from cutaway.architectures import FAMILIES
from cutaway.checkpoints import SafetensorsFile, Weights, key_prefix
from cutaway.errors import CheckpointError, NameNotFound, near_matches
from cutaway.model import Model
from cutaway.vocabulary import IdsOnly, Letters, TokenizerFile, Vocabulary

PICKLES = ("pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "pytorch_model.pt")
PICKLE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
BUILT_IN = {"nano-gpt": "nano-gpt"}
"""Name to folder in ``cutaway/models``."""


def load(source: str | Path) -> Model:
    """A model by built-in name or from a checkpoint folder.

    Weights are memory-mapped: opening a folder reads headers only. Raises ``NameNotFound`` for an unknown
    name and ``CheckpointError`` for a folder that cannot be used, listing everything that is wrong.
    """
    path = Path(source)
    if isinstance(source, str) and source in BUILT_IN:
        return load_folder(Path(str(resources.files("cutaway") / "models" / BUILT_IN[source])))
    if path.is_dir():
        return load_folder(path)
    if path.is_file():
        if path.suffix in PICKLE_SUFFIXES:
            raise _pickle(path.name)
        if path.name == "config.json" or path.suffix == ".safetensors":
            return load_folder(path.parent)
        raise CheckpointError(f"{path.name} is not a checkpoint; expected a folder with config.json and model.safetensors")
    raise NameNotFound(
        f"no model named {str(source)!r}, and no such folder.{near_matches(str(source), BUILT_IN)}"
        f" Built in: {', '.join(BUILT_IN)}"
    )


def load_folder(folder: Path) -> Model:
    """A model from a folder in Hugging Face layout."""
    config = read_config(folder)
    family = FAMILIES[config["model_type"]]
    weights_file = folder / "model.safetensors"
    if not weights_file.is_file():
        for name in PICKLES:
            if (folder / name).exists():
                raise _pickle(name)
        raise CheckpointError(f"{folder.name} has no model.safetensors; found: {_listing(folder)}")
    config.setdefault("name", folder.name or folder.resolve().name)
    definition = family.define(config)
    file = SafetensorsFile(weights_file)
    prefix = key_prefix(file.entries, family.CHECKPOINT, family.KEY_PREFIXES)
    weights = Weights(definition, family.CHECKPOINT, file, prefix)
    weights.check()
    card = config.get("cutaway") or {}
    return Model(
        definition,
        _vocabulary(folder, config, definition_size(definition)),
        weights,
        title=card.get("title", ""),
        description=card.get("description", ""),
        prompt=card.get("prompt"),
        facts={str(k): str(v) for k, v in card.get("facts", {}).items()},
    )


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's ``config.json``, its ``model_type`` known to be supported."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{folder.name} has no config.json; found: {_listing(folder)}") from None
    except OSError as e:
        raise CheckpointError(f"cannot read config.json: {e.strerror}") from None
    except (ValueError, UnicodeDecodeError) as e:
        raise CheckpointError(f"config.json is not JSON: {e}") from None
    if not isinstance(config, dict):
        raise CheckpointError("config.json: expected an object")
    kind = config.get("model_type")
    if kind not in FAMILIES:
        close = near_matches(str(kind), FAMILIES)
        raise CheckpointError(
            f"config.json: model_type {kind!r} is not supported.{close} Supported: {', '.join(sorted(FAMILIES))}"
        )
    return config


def definition_size(definition: Any) -> int:
    """The number of entries of the vocabulary: the last axis of the logits."""
    return definition.tensors[definition.logits].axes[-1].size


def _vocabulary(folder: Path, config: dict[str, Any], size: int) -> Vocabulary:
    letters = (config.get("cutaway") or {}).get("letters")
    if letters:
        if len(letters) != size:
            raise CheckpointError(f"config.json: cutaway.letters has {len(letters)} entries, vocab_size is {size}")
        return Letters(letters)
    tokenizer = folder / "tokenizer.json"
    return TokenizerFile(tokenizer, size) if tokenizer.is_file() else IdsOnly(size)


def _pickle(name: str) -> CheckpointError:
    return CheckpointError(
        f"{name} is a pickle, which can run code when it is opened, so it is not read; "
        "save the model with save_pretrained(..., safe_serialization=True) to get model.safetensors"
    )


def _listing(folder: Path) -> str:
    names = sorted(p.name for p in folder.iterdir())[:8]
    return ", ".join(names) or "nothing"
