"""Cutaway draws a language model as a cutaway drawing of a machine: every number, true and checkable.

The public interface::

    import cutaway

    model = cutaway.load("nano-gpt")
    run = model.run("CBABBC")
    run["blocks.0.attn.pattern"]
    run.explain("blocks.0.attn.q[3, 0, 5]")
    print(cutaway.compare("gpt2", "llama-3.1-8b"))
    cutaway.show(run)
    cutaway.export("site", model)
"""

from cutaway.compare import Comparison, compare
from cutaway.errors import CutawayError
from cutaway.explain import Explanation
from cutaway.export import Exported, export
from cutaway.load import load
from cutaway.model import Model
from cutaway.run import Run
from cutaway.show import Shown, show

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "CutawayError",
    "Explanation",
    "Exported",
    "Model",
    "Run",
    "Shown",
    "__version__",
    "compare",
    "export",
    "load",
    "show",
]
