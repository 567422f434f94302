"""The definition of a model: a tree of modules that hold named tensors, each given or defined by a formula.

Second stage of the pipeline. An architecture file builds the tree once, with layers that are alike
declared once: ``root.stack("blocks", layers=range(48))`` is one module named ``blocks.*``, and the
tensor ``blocks.*.attn.q`` stands for 48 tensors. Work on a model therefore grows with the number of
*different* blocks. ``Definition.tensors`` is the expanded view, by full name. Numbers come later, in ``model``.
"""

from cutaway.definition.definition import Definition, Predicts
from cutaway.definition.module import Described, Module
from cutaway.definition.tensors import PREVIOUS, BoundTensor, Reference, Tensor, resolve

__all__ = [
    "PREVIOUS",
    "BoundTensor",
    "Definition",
    "Described",
    "Module",
    "Predicts",
    "Reference",
    "Tensor",
    "resolve",
]
