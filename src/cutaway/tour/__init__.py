"""Tours: chapters of text and animation about a model, written in Python, compiled to data.

    errors        what is wrong, in which line of the author's file
    facts, kinds, selection, tensor_view, module_view   what a chapter speaks of: parts by kind, tensors, cells
    blocks, places, slabs, envelopes    where these stand in the picture, and how far they reach in a run
    clips, timeline, sweeps, camera, things, copy_view, motions, groups    what is played, recorded as tracks
    text, translations                                  what is said, in every language
    written, recording, chapter, compiling, diagram     a chapter; a whole tour of a model
    easing, sample                                      the reference for what the browser samples
    files                                               tours in files: new ones, and loading them
    guide/                                              the built-in tour

Chapters know kinds of module, never a model; see ``docs/tours.md``.
"""

from cutaway.tour.chapter import Chapter
from cutaway.tour.compiling import Compiled, Tour, compile_tour
from cutaway.tour.errors import MissingPart, TourError
from cutaway.tour.kinds import MLP, Attention, Block, Experts, Model, Norm, Rotary
from cutaway.tour.written import chapter

__all__ = [
    "MLP",
    "Attention",
    "Block",
    "Chapter",
    "Compiled",
    "Experts",
    "MissingPart",
    "Model",
    "Norm",
    "Rotary",
    "Tour",
    "TourError",
    "chapter",
    "compile_tour",
]
