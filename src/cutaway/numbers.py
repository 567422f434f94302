"""How numbers are written in explanations; ``client/src/formula/numbers.ts`` writes them the same way."""

from __future__ import annotations

import math


def shown(x: float) -> str:
    """A value with four significant digits; whole numbers (of type ``int``) in full."""
    if isinstance(x, int):
        return str(x)
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.3e}".split("e")
    e = int(exponent)
    return f"{x:.{max(0, 3 - e)}f}" if -3 <= e < 5 else f"{mantissa}e{e}"


def written(x: float) -> str:
    """A constant of a formula as its author wrote it; more than seven digits are cut off with "…"."""
    if isinstance(x, int) or not math.isfinite(x):
        return shown(x)
    if x == 0:
        return "0"
    sign, digits, e = _decimal(x)
    cut = len(digits) > 7
    digits = digits[:6] if cut else digits
    if -4 <= e < 7:
        if e < 0:
            body = "0." + "0" * (-e - 1) + digits
        elif len(digits) <= e + 1:
            body = digits + "0" * (e + 1 - len(digits))
        else:
            body = f"{digits[: e + 1]}.{digits[e + 1 :]}"
        return sign + body + ("…" if cut else "")
    body = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + ("…" if cut else "")
    return f"{sign}{body}e{e}"


def _decimal(x: float) -> tuple[str, str, int]:
    """Sign, shortest digits that give ``x`` back, and the power of ten of the first digit."""
    text = repr(abs(x))
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    shift = int(exponent or 0) + len(whole) - 1
    digits = whole + fraction
    lead = len(digits) - len(digits.lstrip("0"))
    return ("-" if x < 0 else ""), digits.strip("0"), shift - lead


def latex(text: str) -> str:
    """A number from ``shown`` or ``written`` as TeX."""
    if text.endswith("inf"):
        return text.replace("inf", r"\infty")
    if text == "nan":
        return r"\mathrm{NaN}"
    text = text.replace("…", r"\ldots")
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    power = f"10^{{{exponent}}}"
    if mantissa in ("1", "-1"):
        return mantissa[:-1] + power
    return rf"{mantissa} \times {power}"
