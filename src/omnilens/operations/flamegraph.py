"""A flame graph of a profile, as one picture that needs nothing else. Pure.

The width of a bar is the time spent in a function and in what it called, which stands above it. Whoever points at one
reads its whole name and its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from zlib import crc32

from omnilens.operations.profiling import Profile, Stack

WIDTH = 1200
ROW = 17
TOP = 46
LETTER = 6.2
"""Pixels that a letter takes, so that names end where their bars do."""
NARROWEST = 0.3
"""Pixels below which a bar is left out."""

_STYLE = (
    "svg{background:#fff;font:11px ui-monospace,Menlo,Consolas,monospace}"
    "text{fill:#12161c;pointer-events:none}rect{stroke:#fff;stroke-width:.5}"
    "@media(prefers-color-scheme:dark){svg{background:#0c0e12}text.t{fill:#eceff4}rect{stroke:#0c0e12}}"
)


@dataclass(slots=True)
class _Bar:
    seconds: float = 0.0
    above: dict[str, _Bar] = field(default_factory=dict)


def svg(profile: Profile) -> str:
    """The picture."""
    root = _tree(profile.stacks)
    rows = _depth(root)
    height = TOP + ROW * (rows + 1)
    about = f"{profile.busy:.2f} s of processor time within {profile.seconds:.1f} s"
    bars = "".join(_bars("all", root, root.seconds or 1.0, 0.0, 0, height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f"<title>OmniLens: {about}</title><style>{_STYLE}</style>"
        f'<text class="t" x="8" y="20" font-size="14">{about}</text>'
        f'<text class="t" x="8" y="36">A bar is as wide as the time in it and in what stands above it.</text>'
        f"{bars}</svg>\n"
    )


def folded(profile: Profile) -> str:
    """The same as text that other programs draw from: a stack a line, with its microseconds."""
    return "".join(f"{';'.join(each.frames)} {round(each.seconds * 1e6)}\n" for each in profile.stacks)


def _tree(stacks: Iterable[Stack]) -> _Bar:
    root = _Bar()
    for stack in stacks:
        bar = root
        bar.seconds += stack.seconds
        for name in stack.frames:
            bar = bar.above.setdefault(name, _Bar())
            bar.seconds += stack.seconds
    return root


def _depth(bar: _Bar) -> int:
    deepest, level = 0, [bar]
    while level := [above for each in level for above in each.above.values()]:
        deepest += 1
    return deepest


def _bars(name: str, bar: _Bar, whole: float, x: float, row: int, height: int) -> Iterator[str]:
    width = WIDTH * bar.seconds / whole
    if width < NARROWEST:
        return
    y = height - ROW * (row + 1)
    said = f"{name}: {100 * bar.seconds / whole:.1f} %, {bar.seconds * 1000:.1f} ms"
    text = escape(_fitting(name, width))
    written = f'<text x="{x + 3:.1f}" y="{y + 12}">{text}</text>' if text else ""
    yield (
        f'<g><title>{escape(said)}</title><rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 1}" '
        f'fill="{_colour(name)}"/>{written}</g>'
    )
    for above, each in sorted(bar.above.items()):
        yield from _bars(above, each, whole, x, row + 1, height)
        x += WIDTH * each.seconds / whole


def _fitting(name: str, width: float) -> str:
    """The end of a name, which says most, if there is room for some of it."""
    letters = int((width - 6) / LETTER)
    short = name.rpartition("/")[2] if len(name) > letters else name
    return "" if letters < 3 else short if len(short) <= letters else f"{short[: letters - 1]}…"


def _colour(name: str) -> str:
    """Ours stands out; the same function always has the same shade."""
    shade = crc32(name.encode()) % 24
    return (
        f"hsl({262 + shade} 70% 78%)" if name.startswith("omnilens/") else f"hsl({205 + shade} 28% {80 - shade % 8}%)"
    )
