"""A badge as SVG: a label, and what is to be said of it. Text and shapes only, so that nothing in it can act."""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape

Tone = Literal["passed", "broke", "quiet"]

_COLOURS: dict[Tone, str] = {"passed": "#14724a", "broke": "#bf2424", "quiet": "#56606f"}
"""Dark enough for white letters; the word says the same."""

_HEIGHT = 20
_PADDING = 6
LONGEST = 60
"""Characters of a label; a longer one would be wider than the page it stands on."""

# Verdana at 11 px, about: which characters take less or more room than most. The text is then fitted exactly.
_NARROW, _WIDE, _USUAL = frozenset("iIjl.,:;|!'()[]/tfr -"), frozenset("mwMW@%"), 6.9


def drawing(label: str, message: str, tone: Tone) -> str:
    """The badge that says `message` of `label`."""
    label, message = _written(label), _written(message)
    left, right = (_width(text) + 2 * _PADDING for text in (label, message))
    title = f"{label}: {message}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" '
        f'aria-label="{_escaped(title)}"><title>{_escaped(title)}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="{_HEIGHT}" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="{_HEIGHT}" fill="#3d4450"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{_COLOURS[tone]}"/></g>'
        f'<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
        f"{_text(label, _PADDING)}{_text(message, left + _PADDING)}</g></svg>"
    )


def _text(text: str, x: int) -> str:
    return f'<text x="{x}" y="14" textLength="{_width(text)}" lengthAdjust="spacingAndGlyphs">{_escaped(text)}</text>'


def _width(text: str) -> int:
    return max(1, round(sum(4.2 if each in _NARROW else 10.5 if each in _WIDE else _USUAL for each in text)))


def _written(text: str) -> str:
    """As one line of what XML may have in it."""
    text = "".join(each for each in text if each.isprintable())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;"})
