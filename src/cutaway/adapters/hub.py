"""Models by their name on the Hugging Face Hub, ``org/name`` or ``org/name@revision``, through the extra ``[hub]``.

Only what is read is fetched, and that is configuration, tokenizer and safetensors: never a pickle, never
code. What was fetched before is in the library's own cache and is taken from there.
"""

from __future__ import annotations

import re
from pathlib import Path

from cutaway.errors import CheckpointError, NameNotFound, SettingError

FETCHED = ["config.json", "tokenizer.json", "model*.safetensors", "model.safetensors.index.json"]
"""Patterns of the files that are fetched; folders of a repository are not looked into."""

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_NAME = re.compile(rf"{_PART}/{_PART}(@[A-Za-z0-9][A-Za-z0-9._/-]{{0,95}})?")


def is_name(source: str) -> bool:
    """Whether ``source`` reads ``org/name``, perhaps with ``@revision``, and is nothing on this machine."""
    return _NAME.fullmatch(source) is not None and not Path(source).exists()


def fetch(name: str) -> Path:
    """The folder of the model ``name``, at its newest or at the branch, tag or commit behind an ``@``.

    It is fetched with a progress bar unless it is there already.

    Raises ``SettingError`` without the extra, ``NameNotFound`` if the Hub has no such model, and
    ``CheckpointError`` if it cannot be reached or does not hand it out.
    """
    try:
        from huggingface_hub import errors, snapshot_download
    except ImportError:
        raise SettingError(
            f"there is no folder {name}; to fetch a model of that name from the Hugging Face Hub, install the extra: "
            'pip install "cutaway[hub]"'
        ) from None
    repository, _, revision = name.partition("@")
    elsewhere = "fetch it where there is a connection, and give its folder"
    try:
        found = snapshot_download(
            repository, revision=revision or None, allow_patterns=FETCHED, ignore_patterns=["*/*"]
        )
        return Path(found)
    except errors.GatedRepoError:
        raise CheckpointError(
            f"{name} is given only to those who accepted its terms on the Hugging Face Hub; accept them there, then "
            "log in with: hf auth login"
        ) from None
    except errors.RevisionNotFoundError:
        raise NameNotFound(f"{repository} has no branch, tag or commit {revision} on the Hugging Face Hub") from None
    except errors.RepositoryNotFoundError:
        raise NameNotFound(
            f"there is no folder {name}, and no model of that name on the Hugging Face Hub, or a private one"
        ) from None
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError) as e:
        raise CheckpointError(
            f"there is no folder {name}, and the Hugging Face Hub cannot be reached to fetch it ({_reason(e)}); "
            f"{elsewhere}"
        ) from None
    except (errors.HfHubHTTPError, OSError) as e:
        raise CheckpointError(
            f"{name} could not be fetched from the Hugging Face Hub ({_reason(e)}); {elsewhere}"
        ) from None


def _reason(e: BaseException) -> str:
    """The first line of what was the matter, of the cause if there is one."""
    said = str(e.__cause__ or e).strip()
    return said.splitlines()[0].rstrip(".") if said else type(e).__name__
