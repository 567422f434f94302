"""Reading values from a ``config.json``, with messages that name the key and what it should have been."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cutaway.errors import CheckpointError


def option(key: str, value: object, expected: str) -> CheckpointError:
    """The error for a configuration value that is not supported."""
    return CheckpointError(f"config.json: {key} = {value!r} is not supported; expected {expected}")


def integer(config: Mapping[str, Any], key: str, default: int | None) -> int:
    """A positive whole number; absent or null gives ``default``, unless that is none."""
    value = config.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise option(key, value, "a positive whole number")
    return value


def number(config: Mapping[str, Any], key: str, default: float) -> float:
    """A real number, zero or more; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise option(key, value, "a number, zero or more")
    return float(value)


def flag(config: Mapping[str, Any], key: str, default: bool) -> bool:
    """True or false; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise option(key, value, "true or false")
    return value


def count(config: Mapping[str, Any], key: str, default: int) -> int:
    """A whole number, zero or more; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise option(key, value, "a whole number, zero or more")
    return value


def mapping(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object; absent or null gives an empty one."""
    value = config.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise option(key, value, "an object")
    return value


def one_of(config: Mapping[str, Any], key: str, known: Iterable[str]) -> str:
    """A text that is one of ``known``."""
    value = config.get(key)
    if not isinstance(value, str) or value not in known:
        raise option(key, value, f"one of {', '.join(known)}")
    return value


def honour(config: Mapping[str, Any], expected: Mapping[str, object]) -> None:
    """Raise ``CheckpointError`` for a key that is there with another value than the only one supported."""
    for key, value in expected.items():
        if config.get(key) is not None and config[key] != value:
            plain = value is None or isinstance(value, bool)
            raise option(key, config[key], json.dumps(value) if plain else repr(value))
