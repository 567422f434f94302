"""What other libraries have: a model in memory, a model on a hub. Nothing else here names a third party's objects.

An adapter of objects is a module with ``recognises(what)`` and ``model_of(what, tokenizer)``, listed in
``OBJECTS``. None imports its library until it is given one of its objects.
"""

from __future__ import annotations

from typing import Any, Protocol

from cutaway.adapters import transformers
from cutaway.model import Model


class ObjectAdapter(Protocol):
    """How objects of one library become models."""

    def recognises(self, what: Any) -> bool:
        """Whether ``what`` is such an object, told without importing the library."""
        ...

    def model_of(self, what: Any, tokenizer: Any) -> Model:
        """The model. Raises ``CutawayError`` for what is not supported."""
        ...


OBJECTS: tuple[ObjectAdapter, ...] = (transformers,)


def adapted(what: Any, tokenizer: Any = None) -> Model | None:
    """A model from another library's object; none if nobody here knows it."""
    adapter = next((a for a in OBJECTS if a.recognises(what)), None)
    return None if adapter is None else adapter.model_of(what, tokenizer)
