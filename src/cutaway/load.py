"""``cutaway.load``: from a name or a folder to a model.

A source is the name of a built-in model, or a folder in Hugging Face layout (``config.json``,
``model.safetensors``, optional ``tokenizer.json``). The built-in models are such folders inside the
package, so there is one way to load. A ``config.json`` alone, a file or a preset, gives structure without
values.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec

from cutaway.architectures import FAMILIES
from cutaway.architectures.decoder import HEAD_APART
from cutaway.checkpoints import Weights, differ, key_prefix, unequal
from cutaway.errors import CheckpointError, CheckpointWarning, NameNotFound, near_matches
from cutaway.model import Model
from cutaway.quantized import plain
from cutaway.safetensors_reader import SafetensorsFile
from cutaway.shards import KEYS_NAMED, Checkpoint, ShardedSafetensors
from cutaway.vocabulary import IdsOnly, Later, Letters, Vocabulary, read_tokenizer

PICKLES = ("pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "pytorch_model.pt")
PICKLED_SHARD = "pytorch_model-"
"""What the names of pickles begin with where there are several."""
PICKLE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
SHARD_INDEX = "model.safetensors.index.json"
WEIGHTS: dict[str, Callable[[Path], Checkpoint]] = {
    "model.safetensors": SafetensorsFile,
    SHARD_INDEX: ShardedSafetensors,
}
"""What may hold the weights of a folder, and how it is opened; the first that is there is read."""
BUILT_IN = {"nano-gpt": "nano-gpt"}
"""Name to folder in ``cutaway/models``."""


@cache
def presets() -> dict[str, Path]:
    """Name to configuration of well-known models, which come without weights.

    Sizes are those of the models' own ``config.json``, as quoted in public code and model cards. The numbers of
    parameters of most were compared to the last digit with published totals; of BERT, the small and medium GPT-2 and
    Llama 2 7B only with what Transformers counts, and of GPT-3 only a rounded number is published. Gemma 2 9B was first
    released with ``query_pre_attn_scalar`` 224; its authors corrected that to 256.
    """
    folder = Path(str(resources.files("cutaway") / "presets"))
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def load(source: str | Path) -> Model:
    """A model by built-in name, from a checkpoint folder, or its structure alone from a ``config.json``.

    Weights are memory-mapped: opening a folder reads headers only. The structure of well-known models can be
    had by name, see ``presets``; a folder of that name goes before. Raises ``NameNotFound`` for an unknown
    name and ``CheckpointError`` for a folder that cannot be used, listing everything that is wrong.
    """
    path = Path(source)
    if isinstance(source, str) and source in BUILT_IN:
        return load_folder(Path(str(resources.files("cutaway") / "models" / BUILT_IN[source])))
    if _is(path, Path.is_dir) and str(source).strip():  # an empty text is not the current folder
        return load_folder(path)
    if _is(path, Path.is_file):
        if path.suffix in PICKLE_SUFFIXES:
            raise _pickle(path.name)
        if path.name == "config.json" and not _has_weights(path.parent):
            return load_structure(path, path.parent.name or path.parent.resolve().name)
        if path.name in ("config.json", SHARD_INDEX) or path.suffix == ".safetensors":
            return load_folder(path.parent)
        raise CheckpointError(
            f"{path.name} is not a checkpoint; expected a folder with config.json and model.safetensors"
        )
    if isinstance(source, str) and source in presets():
        return load_structure(presets()[source], source)
    known = [*BUILT_IN, *presets()]
    raise NameNotFound(
        f"no model named {str(source)!r}, and no such folder.{near_matches(str(source), known)}"
        f" Built in: {', '.join(BUILT_IN)}. Structure only: {', '.join(presets())}"
    )


def load_folder(folder: Path, *, name: str | None = None) -> Model:
    """A model from a folder in Hugging Face layout; without ``name`` it is called like the folder."""
    config = read_config(folder / "config.json")
    family = FAMILIES[config["model_type"]]
    file = plain(open_weights(folder), config)
    prefix = key_prefix(file.entries, family.CHECKPOINT, family.KEY_PREFIXES)
    if differ(file, family.CHECKPOINT, prefix, "W_U", "W_E"):  # whatever config.json says, as Transformers does
        config[HEAD_APART] = True
    for copy, table in getattr(family, "COPIES", {}).items():
        if unequal(file, prefix + copy, prefix + table):
            raise CheckpointError(
                f"{file.name}: {copy} and {table} hold different numbers; expected the same, or {table} alone"
            )
    model = _structure(config, folder, name or folder.name or folder.resolve().name)
    definition = model.definition
    weights = Weights(definition, family.CHECKPOINT, file, prefix)
    expected = (*getattr(family, "COPIES", {}), *getattr(family, "LEFT_OUT", ()))
    expected = (*expected, *(prefix + begin for begin in expected))
    if unread := [key for key in weights.check() if not key.startswith(expected)]:
        named = ", ".join(unread[:KEYS_NAMED]) + (", …" if len(unread) > KEYS_NAMED else "")
        said = "a tensor" if len(unread) == 1 else f"{len(unread):,} tensors"
        said = f"{file.name} holds {said} that are no part of the model as config.json has it; not read: {named}"
        warnings.warn(said, CheckpointWarning, stacklevel=3)
    return replace(model, weights=weights)


def load_structure(path: Path, name: str) -> Model:
    """A model without values from its ``config.json``, under this name unless the file gives one."""
    return _structure(read_config(path), path.parent, name)


def _structure(config: dict[str, Any], folder: Path, name: str) -> Model:
    """What a configuration says of a model; ``folder`` may hold a tokenizer."""
    config.setdefault("name", name)
    if not isinstance(config["name"], str) or not config["name"]:
        raise CheckpointError(f"config.json: name = {config['name']!r} is not supported; expected a text")
    card = read_card(config)
    definition = FAMILIES[config["model_type"]].define(config)
    return Model(
        definition,
        _vocabulary(folder, card, definition_size(definition)),
        title=card.title,
        description=card.description,
        prompt=card.prompt,
        decoder_prompt=card.decoder_prompt,
        facts=card.facts,
    )


def _has_weights(folder: Path) -> bool:
    return any((folder / name).is_file() for name in WEIGHTS)


def open_weights(folder: Path) -> Checkpoint:
    """The folder's weights, in one file or in several. Headers are read, nothing else."""
    for name, opened in WEIGHTS.items():
        if (folder / name).is_file():
            return opened(folder / name)
    pickles = [p.name for p in sorted(folder.iterdir()) if p.name in PICKLES or p.name.startswith(PICKLED_SHARD)]
    if pickles:
        raise _pickle(pickles[0])
    raise CheckpointError(
        f"{folder.name} has no model.safetensors; found: {_listing(folder)}."
        f" To see its structure without values, name {folder / 'config.json'}"
    )


class Card(msgspec.Struct, frozen=True):
    """The entry ``cutaway`` of a ``config.json``: what Transformers has no place for."""

    title: str = ""
    description: str = ""
    letters: list[Annotated[str, msgspec.Meta(min_length=1, max_length=1)]] | None = None
    """The vocabulary, when every token is a letter."""
    prompt: str | list[int] | None = None
    decoder_prompt: str | list[int] | None = None
    facts: dict[str, str] = {}
    parameters: int | None = None
    """Of a preset: how many there are, so that it can be listed before it is opened."""


def read_card(config: dict[str, Any]) -> Card:
    """The card of a configuration; without one, an empty card."""
    try:
        return msgspec.convert(config.get("cutaway", {}), Card)
    except msgspec.ValidationError as e:
        raise CheckpointError(f"config.json: cutaway is not understood: {e}") from None


def read_config(path: Path) -> dict[str, Any]:
    """A ``config.json``, its ``model_type`` known to be supported."""
    folder = path.parent
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{folder.name} has no config.json; found: {_listing(folder)}") from None
    except OSError as e:
        raise CheckpointError(f"cannot read config.json: {e.strerror}") from None
    except (ValueError, RecursionError) as e:
        raise CheckpointError(f"config.json is not JSON: {e}") from None
    if not isinstance(config, dict):
        raise CheckpointError("config.json: expected an object")
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in FAMILIES:
        close = near_matches(str(kind), FAMILIES)
        raise CheckpointError(
            f"config.json: model_type {kind!r} is not supported.{close} Supported: {', '.join(sorted(FAMILIES))}"
        )
    return config


def definition_size(definition: Any) -> int:
    """The number of entries of the vocabulary."""
    return definition.vocabulary_size


def _vocabulary(folder: Path, card: Card, size: int) -> Vocabulary:
    if card.letters is not None:
        if len(card.letters) != size or len(set(card.letters)) != size:
            raise CheckpointError(
                f"config.json: cutaway.letters has {len(set(card.letters))} different entries, vocab_size is {size}"
            )
        return Letters(card.letters)
    tokenizer = folder / "tokenizer.json"
    return Later(size, lambda: read_tokenizer(tokenizer, size)) if tokenizer.is_file() else IdsOnly(size)


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Whether there is something of that kind; a path that cannot exist, such as a very long one, is nothing."""
    try:
        return kind(path)
    except OSError:
        return False


def _pickle(name: str) -> CheckpointError:
    return CheckpointError(
        f"{name} is a pickle, which can run code when it is opened, so it is not read; "
        "save the model with save_pretrained(..., safe_serialization=True) to get model.safetensors"
    )


def _listing(folder: Path) -> str:
    names = sorted(p.name for p in folder.iterdir())[:8]
    return ", ".join(names) or "nothing"
