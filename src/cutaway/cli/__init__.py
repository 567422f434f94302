"""The command line, one of the thin front doors: ``commands`` declares it, ``output`` prints answers."""

from cutaway.cli.commands import main

__all__ = ["main"]
