"""Comparing pictures of a page as somebody would who stands a step back.

Every version of a browser draws the edges of letters a little differently. So a picture is compared by the mean colours
of its tiles: what is missing, is elsewhere or has another colour changes them; how an edge is smoothed does not.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

TILE = 8
"""Pixels across: half an icon."""
ALIKE = 14
"""Of 255, in each colour."""
TOLERATED = 0.002
"""The share of tiles that may differ more."""
COLOURS = 256


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of tiles that differ. Pictures of different sizes have nothing in common."""
    if one.size != other.size:
        return 1.0
    tiles = ImageChops.difference(_tiles(one), _tiles(other))
    pixels = tiles.tobytes()
    worst = [max(pixels[start : start + 3]) for start in range(0, len(pixels), 3)]
    return sum(each > ALIKE for each in worst) / len(worst)


def _tiles(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.convert("RGB").resize((width // TILE, height // TILE), Image.Resampling.BOX)


def opened(data: bytes | Path) -> Image.Image:
    return Image.open(io.BytesIO(data) if isinstance(data, bytes) else data)


def keep(picture: Image.Image, path: Path) -> None:
    """As small as it can be without looking different: no colour goes because it is rare, for those are the states."""
    path.parent.mkdir(parents=True, exist_ok=True)
    few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
