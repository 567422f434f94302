"""Tours as files: those that a bundle offers, and an author's own in a Python file.

A tour's data is compiled when it is first asked for, one file for each model and language. An author's
file is read again whenever it has changed.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cutaway import wire
from cutaway.errors import CutawayError
from cutaway.model import Model
from cutaway.tour.compiling import Tour, compile_tour
from cutaway.tour.errors import TourError, shown_path
from cutaway.tour.written import Written

TEMPLATE = '''"""A tour, shown with: cutaway view nano-gpt --tour {file}

The page reads this file again whenever it is saved. See docs/tours.md for what a chapter can do.
"""

from cutaway.tour import Attention, Block, Chapter, chapter

TITLE = "{title}"


@chapter("first-look", title="A first look")
def first_look(c: Chapter, block: Block) -> None:
    stream = block.resid_pre
    c.say("This is the {{stream}}: one column for each of the {{T}} tokens, {{C}} numbers tall.", stream=stream)
    c.play(c.camera.frame(stream), stream.others.opacity(0.2), seconds=1.5)
    c.stop()

    c.say("In channel 0, the last token has {{x}}.", x=stream[c.last, 0])
    c.play(stream[c.last, 0].highlight())
    c.stop()


@chapter("one-score", title="How one score comes about")
def one_score(c: Chapter, attn: Attention) -> None:
    score = attn.attn_scores[0, c.last, 0]
    c.begin(attn.others.opacity(0.15))
    c.say("A query meets a key: {{A}} products, added up. The score is {{x}}.", x=score)
    c.play(c.camera.frame(attn.q.head(0), attn.k.head(0), attn.attn_scores.head(0)))
    card = c.card(score)
    c.play(card.appear())
    c.dot(score, seconds=5)
    c.stop()
'''


def write_new(path: Path, *, title: str | None = None) -> None:
    """A new tour with two chapters to begin with. Raises ``TourError`` when the file is there already."""
    if path.suffix != ".py":
        raise TourError(f"a tour is a Python file, so its name ends in .py; got {path}")
    title = title or path.stem.replace("_", " ").replace("-", " ").capitalize()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(file=path, title=title.replace('"', "'")))
    except FileExistsError:
        raise TourError(f"{path} is there already; nothing was changed") from None
    except OSError as e:
        raise TourError(f"cannot write {path}: {e.strerror}") from None


def read_tour(path: Path) -> Tour:
    """The tour in a Python file: its chapters in order. Translations are ``.po`` files in a folder of its name."""
    if not path.is_file():
        raise TourError(f"there is no file {path}")
    try:
        names = runpy.run_path(str(path))
    except CutawayError:
        raise
    except SyntaxError as e:
        raise TourError(f"{shown_path(str(path))}, line {e.lineno}: {e.msg}") from None
    except Exception as e:
        raise TourError(f"{shown_path(str(path))}: {type(e).__name__}: {e}") from e
    chapters = [value for value in names.values() if isinstance(value, Written)]
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "tour"
    folder = path.with_suffix("")
    return Tour(name, str(names.get("TITLE", path.stem)), chapters, folder if folder.is_dir() else None)


def fits(tour: Tour, model: Model) -> bool:
    """Whether a model has the tensors that a tour is about."""
    declared = {t.name for t in model.definition.root.declared()}
    return all(name in declared for name in tour.requires)


def path_of(tour: Tour, model: str, language: str) -> str:
    """Where a compiled tour of the model of a name is in a bundle."""
    return f"{model}/tours/{tour.name}.{language}.json"


def entries(tours: Sequence[Tour], model: Model) -> list[wire.TourEntry]:
    """What a bundle says of the tours of a model."""
    return [
        wire.TourEntry(tour.name, tour.title, {lang: path_of(tour, model.name, lang) for lang in tour.languages})
        for tour in tours
        if fits(tour, model)
    ]


def tour_file(tour: Tour, model: Model, language: str, *, has_values: bool | None = None) -> bytes:
    """A compiled tour as JSON; ``has_values`` as in ``compile_tour``."""
    return msgspec.json.encode(compile_tour(tour, model, language=language, has_values=has_values).tour)
