"""How attention learns where tokens stand, in models that turn queries and keys by their place."""

from __future__ import annotations

from cutaway.formula import Apply, sqrt, walk
from cutaway.tour import Chapter, Rotary, chapter
from cutaway.tour.kinds import factor_of


@chapter("rotary-positions", title="Rotary positions")
def rotary_positions(c: Chapter, first: Rotary) -> None:
    turning = [b for b in c.model.blocks if "rot_q" in b.attn]
    c.needs(bool(turning), "queries that are turned")
    attn, last = turning[0].attn, c.last
    turned, keys, scores = attn.rot_q, attn.rot_k, attn.attn_scores
    plain, cos, sin = turned.reads
    angles = c.parent(cos)  # of several, those of this block
    frequency = angles.frequency
    many = cos.tensor.axes[1].size
    beside = any(isinstance(e, Apply) and e.op == "==" for e in walk(turned.formula))
    partner = 1 if beside else many // 2
    a, b = plain[last, 0, 0], plain[last, 0, partner]
    x, y = turned[last, 0, 0], turned[last, 0, partner]
    heads = plain.head(0) | turned.head(0)
    c.about(angles, turned, keys)
    c.begin((attn.preparation | angles | scores).others.opacity(0.1), (attn.preparation | scores).opacity(0.3))

    c.say(
        """
        No column says so far where its token stands; a {q|query} of the same word is the same at any place. But order
        matters, and attention is where tokens are compared. So there the place comes in: queries and keys are
        **turned**.
        """,
        q=plain,
    )
    c.play(c.camera.frame(heads, azimuth=-0.12, margin=1.25), heads.opacity(1), seconds=1.5)
    c.play(c.flow(plain, turned), seconds=1.0)
    c.stop()

    c.say(
        """
        Take two channels of the last token's query, 0 and {partner}, as the two coordinates of an arrow: {a} and {b}.
        The arrow is turned by an angle, and the angle is the place of the token times a fixed {f|frequency}. It then
        points to {x} and {y}.
        """,
        without="""
        Take two channels of a query, 0 and {partner}, as the two coordinates of an arrow. The arrow is turned by an
        angle, and the angle is the place of the token times a fixed {f|frequency}.
        """,
        partner=partner,
        a=a,
        b=b,
        x=x,
        y=y,
        f=frequency,
    )
    card = c.card(x)
    c.play(a.highlight(), b.highlight(), card.appear(), seconds=0.8)
    c.play(turned.head(0).sweep(token=last), seconds=2.0, ease="linear")
    c.play(x.highlight(), y.highlight(), seconds=0.6)
    c.stop()

    larger = factor_of(cos.formula)
    if larger is None:
        c.say(
            """
            Turning does not change the length: it was {before} and is {after}. What a query asks stays as strong as it
            was; only its direction tells the place.
            """,
            without="""
            Turning does not change the length: what a query asks stays as strong as it was; only its direction tells
            the place.
            """,
            before=sqrt(a.value * a.value + b.value * b.value),
            after=sqrt(x.value * x.value + y.value * y.value),
        )
    else:
        c.say("What a query asks stays in it; only the direction of the arrow tells the place.")
    if many < plain.tensor.axes[-1].size:
        c.say(
            "And only {n} of the {A} channels are turned. The others stay as they are, for what does not depend on "
            "the place.",
            n=many,
        )
    c.play(
        card.vanish(), turned.head(0).sweep("column"), *(z.highlight(0) for z in (a, b, x, y)), seconds=1.6,
        ease="linear",
    )  # fmt: skip
    c.stop()

    c.say(
        """
        Every pair of channels has a {f|frequency} of its own: the first turns by {first} from one token to the next,
        the last only by {slow}. (A full turn is {full}.) Like the hands of a clock: the quick ones tell neighbours
        apart, the slow ones what is far away. Here are {cos|cosine} and {sin|sine} of all angles, a column for each
        place.
        """,
        without="""
        Every pair of channels has a {f|frequency} of its own: the first turns most from one token to the next, the
        last hardly at all. Like the hands of a clock: the quick ones tell neighbours apart, the slow ones what is far
        away. Here are {cos|cosine} and {sin|sine} of all angles, a column for each place.
        """,
        f=frequency,
        first=frequency[0],
        slow=frequency[many - 1],
        full=6.283,
        cos=cos,
        sin=sin,
    )
    if "frequency_original" in angles:
        c.say(
            """
            This model was first trained on shorter texts. To reach further, slow hands were {o|made slower} still,
            from {was} for the last pair.
            """,
            without="""
            This model was first trained on shorter texts. To reach further, slow hands were {o|made slower} still.
            """,
            o=angles.frequency_original,
            was=angles.frequency_original[many - 1],
        )
    if larger is not None:
        c.say(
            """
            And both are multiplied by {f}, so that products of what was turned come out {g} times as large: in a long
            text many tokens share the attention, and larger scores keep those apart that matter.
            """,
            f=larger,
            g=larger**2,
        )
    c.play(
        angles.opacity(1), heads.opacity(0.2), c.camera.frame(angles, azimuth=-0.1, margin=1.2), seconds=1.4,
    )  # fmt: skip
    c.play(frequency.highlight(), seconds=0.5)
    c.play(frequency.highlight(0), cos.sweep("column"), sin.sweep("column"), seconds=2.0, ease="linear")
    c.stop()

    c.say(
        """
        Now the point of it. {k|Keys} are turned in the same way. When a query at place $t$ meets a key at place $s$,
        all that counts of two angles is their **difference**:

        $$(R_t\\,q) \\cdot (R_s\\,k) = q \\cdot (R_{s-t}\\,k)$$

        Move both tokens on by ten, and their {s|score} is the same. "Three tokens back" means the same anywhere in the
        text, and nobody had to learn it for each place.
        """,
        k=keys,
        s=scores,
    )
    c.play(
        angles.opacity(0.2), (turned.head(0) | keys.head(0) | scores.head(0)).opacity(1),
        c.camera.frame(turned.head(0), keys.head(0), scores.head(0), azimuth=-0.12, margin=1.15), seconds=1.4,
    )  # fmt: skip
    c.play(keys.head(0).sweep("row"), seconds=1.2, ease="linear")
    c.play(turned.at(token=last).highlight(), keys.at(token=0).highlight(), seconds=0.6)
    c.play(scores.head(0).sweep("column"), seconds=1.6, ease="linear")
    c.play(turned.at(token=last).highlight(0), keys.at(token=0).highlight(0), seconds=0.4)
    c.stop()

    c.say(
        """
        The {v|values} are not turned. What a token hands on does not depend on where it stands; only the search does.
        And not one weight was needed for all this: the angles are computed, not learned.
        """,
        v=attn.v,
    )
    c.play(attn.v.opacity(1), c.camera.frame(attn, azimuth=-0.3, margin=1.05), seconds=1.3)
    c.play(attn.v.highlight(), seconds=0.6)
    c.stop()

    unturned = [b for b in c.model.blocks if "rot_q" not in b.attn]
    if unturned:
        there = unturned[0].attn
        c.say(
            """
            Not everywhere, though: in {n} of the {L} blocks, {b|this one} for example, nothing is turned. There a query
            finds a key by what it says alone, however far away. Where things stand the other blocks have noted in the
            columns.
            """,
            n=len(unturned),
            b=there,
        )
        c.play(attn.v.highlight(0), there.opacity(1), c.camera.frame(there, azimuth=-0.3, margin=1.05), seconds=1.4)
        c.play((there.q | there.k).highlight(), seconds=0.6)
        c.stop()

    others = [r for r in c.all(first.kind) if r.path != angles.path]
    if others:
        if unturned:
            c.play((unturned[0].attn.q | unturned[0].attn.k).highlight(0), seconds=0.3)
        c.say(
            """
            There are two clocks in this model. {here|This one} is for blocks that look back on a few tokens only, and
            its slowest pair turns by {x}. {there|The other} turns more slowly, by {y}, for blocks that see everything.
            """
            if attn.window is not None
            else """
            There are two clocks in this model. {here|This one} is for blocks that see everything, and its slowest pair
            turns by {x}. {there|The other} turns faster, by {y}, for blocks that look back on a few tokens only.
            """,
            without="""
            There are two clocks in this model. {here|This one} is for blocks that look back on a few tokens only.
            {there|The other} turns more slowly, for blocks that see everything.
            """
            if attn.window is not None
            else """
            There are two clocks in this model. {here|This one} is for blocks that see everything. {there|The other}
            turns faster, for blocks that look back on a few tokens only.
            """,
            here=angles,
            there=others[0],
            x=frequency[many - 1],
            y=others[0].frequency[many - 1],
        )
        c.play(
            attn.v.highlight(0), angles.opacity(1), others[0].opacity(1),
            c.camera.frame(angles, others[0], azimuth=-0.1, margin=1.2), seconds=1.4,
        )  # fmt: skip
        c.play(angles.highlight(), others[0].highlight(), seconds=0.6)
        c.stop()
