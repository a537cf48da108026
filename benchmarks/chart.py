"""Bars as SVG, in whatever light the page is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log

WIDTH = 760
LABELS = 250
NUMBERS = 150
"""Room behind the longest bar."""
ROW = 26
HEAD = 58
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .unit, .number { fill: #59636e; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .spread { stroke: #1f2328; stroke-width: 1.5; opacity: .55; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .unit, .number { fill: #9198a1; }
    .bar { fill: #656c76; }
    .ours { fill: #4493f8; }
    .spread { stroke: #f0f6fc; }
  }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One peer: the median, how far the rounds lay apart, and how its value is written."""

    label: str
    value: float
    low: float
    high: float
    text: str
    ours: bool


def bars(title: str, unit: str, rows: Sequence[Bar], *, logarithmic: bool = False) -> str:
    """The drawing. The thin line is from the lowest to the highest round.

    Bars begin at zero, or on a logarithmic scale at half the lowest value.
    """
    longest = max(*(row.high for row in rows), 1e-12)
    start = min(row.low for row in rows) / 2 if logarithmic else 0.0
    unit = f"{unit}, logarithmic" if logarithmic else unit

    def at(value: float) -> float:
        share = log(value / start) / log(longest / start) if logarithmic else value / longest
        return share * (WIDTH - LABELS - NUMBERS)

    height = HEAD + ROW * len(rows) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}</text>',
        f'<text class="unit" x="0" y="38">{escape(unit)}</text>',
    ]
    for number, row in enumerate(rows):
        lines += _row(row, HEAD + ROW * number, at)
    return "\n".join([*lines, "</svg>", ""])


def _row(row: Bar, top: int, at: Callable[[float], float]) -> list[str]:
    middle, kind = top + ROW / 2, "bar ours" if row.ours else "bar"
    return [
        f'<text x="{LABELS - 10}" y="{middle + 2:.0f}" text-anchor="end">{escape(row.label)}</text>',
        f'<rect class="{kind}" x="{LABELS}" y="{top + 2}" width="{max(1.0, at(row.value)):.1f}" '
        f'height="{ROW - 10}" rx="2"/>',
        f'<line class="spread" x1="{LABELS + at(row.low):.1f}" x2="{LABELS + at(row.high):.1f}" '
        f'y1="{top + ROW / 2 - 3:.0f}" y2="{top + ROW / 2 - 3:.0f}"/>',
        f'<text class="number" x="{LABELS + at(row.high) + 8:.1f}" y="{middle + 2:.0f}">{escape(row.text)}</text>',
    ]
