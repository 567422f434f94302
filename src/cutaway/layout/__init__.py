"""The picture: where every tensor stands in the scene, worked out from the formulas.

    anatomy   how a formula's operands relate to its result (what meets what)
    place     boxes, groups of boxes, and the combinators that put one next to another
    trunk     one group: what leads to a tensor, one below the other, with its operands around it
    arrange   the rules: residual stream straight down, sublayers out to the side and back
    stack     layers below one another in columns, what leads there and what leads away
    flow      ribbons from what is read to what is computed, led past all other boxes
    scene     all of it as the wire format's ``Scene``

Nothing here knows an architecture: a new one gets its picture from its formulas.
"""

from cutaway.layout.scene import scene_of

__all__ = ["scene_of"]
