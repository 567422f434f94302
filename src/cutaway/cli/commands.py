"""The commands and their options.

Each command loads, asks and prints; what there is to know stands elsewhere. A mistake of the user's is
one message on stderr and exit code 2, never a traceback.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from cutaway import __version__
from cutaway.cli import output
from cutaway.cli.sources import load, load_all
from cutaway.errors import CheckpointWarning, CutawayError
from cutaway.model import Model
from cutaway.page import side_by_side
from cutaway.sampling import Sampling

BUILT_IN = "nano-gpt"

app = typer.Typer(
    name="cutaway",
    help="Look inside a language model: every number, where it comes from, and how it was computed.",
    invoke_without_command=True,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
train_app = typer.Typer(help="Train a built-in model from scratch.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(train_app, name="train")
tour_app = typer.Typer(help="Write a tour of your own.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(tour_app, name="tour")

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="A model by name, a checkpoint folder, a config.json, or org/name on the Hub."
    ),
]
Tokens = Annotated[int | None, typer.Option("--tokens", help="Length of the prompt (default: the whole context).")]
Context = Annotated[
    int | None,
    typer.Option("--context", min=1, help="Draw and count for this many tokens (default: the whole context)."),
]
Prompt = Annotated[str, typer.Argument(metavar="PROMPT", help="The text the model reads.")]
Decoder = Annotated[
    str | None, typer.Option("--decoder", help="What an encoder-decoder has written so far, behind its start token.")
]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The ``cutaway`` command, with ``arguments`` or those of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Unicode gets "?" instead of a traceback
            stream.reconfigure(errors="replace")
    warnings.showwarning = _warn
    try:
        app(arguments, prog_name="cutaway")
    except CutawayError as e:
        print(f"cutaway: {e}", file=sys.stderr)
        sys.exit(2)
    sys.exit(0)


def _warn(message: Warning | str, category: type[Warning], filename: str, lineno: int, *of_no_use: object) -> None:
    """What a user should know is one line; of a warning of a library, the place is said, too."""
    place = "" if issubclass(category, CheckpointWarning) else f"{filename}:{lineno}: {category.__name__}: "
    print(f"cutaway: {place}{message}", file=sys.stderr)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cutaway {__version__}")
        raise typer.Exit


@app.callback()
def bare(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Without a command: open the built-in model in the browser."""
    if context.invoked_subcommand is None:
        view()


@app.command()
def view(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="Models side by side: by name, a checkpoint folder, a config.json, or org/name on the Hub.",
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to serve on (default: the first free one from 8000 on).")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to serve on; anything but this machine needs a token.")
    ] = "127.0.0.1",
    token: Annotated[str | None, typer.Option(help="What a visitor must know (made up where it is needed).")] = None,
    prompt: Annotated[str | None, typer.Option(help="The prompt to show first, of the first model.")] = None,
    context: Context = None,
    tour: Annotated[Path | None, typer.Option(help="A tour of your own, read again whenever its file changes.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address only.")] = False,
) -> None:
    """Draw a model in the browser, or several side by side at one scale, until Ctrl-C."""
    from cutaway.server import listen
    from cutaway.server.app import application
    from cutaway.server.site import Site

    models = load_all(sources or [BUILT_IN], context)
    if prompt is not None:
        models[0].encode(prompt)
        models[0].prompt = prompt
    token = listen.token_for(host, token)
    listener = listen.listening_socket(host, port)
    with listener:
        server = application(Site(models, tour=tour), token=token)
        url = listen.url_of(listener, host, token) + side_by_side([m.name for m in models])
        shown = f"{models[0].title} is" if len(models) == 1 else f"{len(models)} models are"
        taken = port is None and listener.getsockname()[1] != listen.DEFAULT_PORT
        if taken:
            print(f"Port {listen.DEFAULT_PORT} is taken.", flush=True)
        print(f"{shown} at {url}  (Ctrl-C stops)", flush=True)
        if not no_browser and not listen.open_browser(url):
            print("No browser was found on this machine; open the address above in one.", flush=True)
        try:
            listen.uvicorn_server(server).run(sockets=[listener])
        except KeyboardInterrupt:
            print()


@app.command()
def run(
    source: Source,
    prompt: Prompt,
    decoder: Decoder = None,
    generate: Annotated[int, typer.Option("--generate", min=0, help="Append this many tokens.")] = 0,
    temperature: Annotated[float, typer.Option(help="0 always takes the most likely token.")] = 0.0,
    top_k: Annotated[int | None, typer.Option(help="Choose among the k most likely tokens.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Choose among the fewest that reach this probability.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same tokens.")] = 0,
    tensor: Annotated[list[str] | None, typer.Option("--tensor", help="Print this tensor; may be repeated.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Print every cell of --tensor, in full precision.")] = False,
    save: Annotated[Path | None, typer.Option(help="Write every value to this safetensors file.")] = None,
) -> None:
    """Run a model on a prompt: what it predicts, and any tensor."""
    model = load(source)
    Sampling(temperature, top_k, top_p, seed)  # options are wrong before anything is computed
    for name in tensor or ():
        model.tensors[name]
    result = model.run(prompt, decoder=decoder)
    if generate:
        result = result.generate(generate, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
    if save is not None:
        output.write_run(result, save)
    if not tensor:
        output.print_run(result)
    for name in tensor or ():
        output.print_tensor(result, name, full=full)


@app.command()
def explain(
    source: Source,
    prompt: Prompt,
    cell: Annotated[str, typer.Argument(metavar="CELL", help='A cell, such as "blocks.0.attn.q[3, 0, 5]".')],
    decoder: Decoder = None,
    terms: Annotated[int, typer.Option(min=1, help="Terms of each sum to list, largest first.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """How one cell was computed, in symbols and in numbers."""
    explanation = load(source).run(prompt, decoder=decoder).explain(cell)
    if as_json:
        output.print_json(explanation.to_dict())
    else:
        output.print_explanation(explanation, terms=terms)


@app.command()
def cost(
    source: Source = BUILT_IN,
    tokens: Tokens = None,
    context: Context = None,
    decoder: Annotated[
        int | None, typer.Option("--decoder", help="How many tokens an encoder-decoder has written (default: as many).")
    ] = None,
) -> None:
    """Parameters, multiply-adds and bytes of a forward pass, tensor by tensor."""
    (model,) = load_all([source], context)
    output.print_cost(model, model.cost(tokens=tokens, decoder=decoder))


@app.command()
def compare(
    first: Source,
    second: Annotated[str, typer.Argument(metavar="OTHER", help="The model to set beside it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """What differs between two models: sizes, kinds, and the formulas of each part."""
    from cutaway.compare import compare as compare_models

    found = compare_models(load(first), load(second))
    if as_json:
        output.print_json(found.to_dict())
    else:
        print(found)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A new folder or file, or one that an export made.")],
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Models to put in it.")] = None,
    context: Context = None,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Write one HTML file, which also opens from disk.")
    ] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="Leave out the well-known models that visitors could put beside these.")
    ] = False,
) -> None:
    """Write a folder that any static host can serve: the model runs in the visitor's browser."""
    from cutaway.export import export as write

    models = load_all(sources or [BUILT_IN], context)
    written = write(path, models, single_file=single_file, alone=alone)
    size = f"{written.bytes / 1e6:.1f} MB"
    if single_file:
        print(f"{path} holds everything, {size}; open it in a browser")
        _say_side_by_side(models, path.name)
        return
    beside = "" if alone else "; the well-known models are among them, --alone leaves them out"
    print(f"{path} holds {len(written.files)} files, {size}{beside}")
    print(f"look at it with: python -m http.server --directory {path}")
    _say_side_by_side(models, "index.html")


def _say_side_by_side(models: Sequence[Model], page: str) -> None:
    """How to link to all models of an export; it opens with the first."""
    if len(models) > 1:
        print(f"all models side by side: {page}{side_by_side([m.name for m in models])}")


@train_app.command("sort")
def train_sort_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the model to.")] = Path("nano-gpt"),
    seed: Annotated[int, typer.Option(help="The same seed trains the same model.")] = 0,
    steps: Annotated[int, typer.Option(help="Give up after this many steps.")] = 3000,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")] = False,
) -> None:
    """Train nano-gpt to sort six letters (needs the extra: pip install "cutaway[torch]")."""
    from cutaway.evaluate import backend
    from cutaway.train import train_sort
    from cutaway.train.terminal import progress_bar, report_table

    backend("torch")  # says that it is missing before a bar is drawn
    with progress_bar(Console(stderr=True)) as progress:
        report = train_sort(out, seed=seed, max_steps=steps, resume=resume, progress=progress)
    output.console().print(report_table(report))
    print(f"The model is in {out}; look at it with: cutaway view {out}")


@tour_app.command("new")
def tour_new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The Python file to write, such as my_tour.py.")],
    title: Annotated[str | None, typer.Option(help="What the tour is called (default: from the file's name).")] = None,
) -> None:
    """Write a tour with two chapters to begin with."""
    from cutaway.tour.files import write_new

    write_new(file, title=title)
    print(f"Wrote {file}. See it with: cutaway view {BUILT_IN} --tour {file}")


@tour_app.command("check")
def tour_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Python file with a tour.")],
    source: Source = BUILT_IN,
) -> None:
    """Compile a tour in every language, and say what is wrong or not yet translated."""
    from cutaway.tour.compiling import compile_tour, number_of_stops
    from cutaway.tour.files import read_tour

    tour, model = read_tour(file), load(source)
    for language in tour.languages:
        made = compile_tour(tour, model, language=language, strict=True)
        missing = "".join(f"\n  not translated: {text}" for text in made.translations.missing)
        stops = number_of_stops(made.tour.chapters)
        away = (
            "".join(f"\n  left out: {why}" for why in made.left_out.values()) if language == tour.languages[0] else ""
        )
        print(f"{language}: {len(made.tour.chapters)} chapters, {stops} stops{away}{missing}")
