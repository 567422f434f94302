"""Reading values from a ``config.json``, with messages that name the key and what it should have been."""

from __future__ import annotations

from typing import Any

from cutaway.errors import CheckpointError


def option(key: str, value: object, expected: str) -> CheckpointError:
    """The error for a configuration value that is not supported."""
    return CheckpointError(f"config.json: {key} = {value!r} is not supported; expected {expected}")


def integer(config: dict[str, Any], key: str, default: int) -> int:
    """A positive whole number; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise option(key, value, "a positive whole number")
    return value


def number(config: dict[str, Any], key: str, default: float) -> float:
    """A real number, zero or more; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise option(key, value, "a number, zero or more")
    return float(value)


def flag(config: dict[str, Any], key: str, default: bool) -> bool:
    """True or false; absent or null gives ``default``."""
    value = config.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise option(key, value, "true or false")
    return value
