"""Grids, and their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

#: The colours of ARC's own viewer for 0 to 9.
PALETTE = (
    "#000000", "#0074d9", "#ff4136", "#2ecc40", "#ffdc00",
    "#aaaaaa", "#f012be", "#ff851b", "#7fdbff", "#870c25",
)  # fmt: skip
_OUTSIDE = "#404040"  # for what is no colour
_LINE = "#555555"


class Grid(tuple):  # type: ignore[type-arg]
    """A grid: a tuple of rows, each a tuple of ints, that a notebook shows as a picture.

    It equals the plain tuple and hashes and prints like it.
    """

    __slots__ = ()

    def __new__(cls, rows: Iterable[Iterable[int]]) -> Grid:
        """Takes rows of any kind; ValueError unless all are equally long and hold ints."""
        if isinstance(rows, Grid):
            return rows
        made = tuple(tuple(row) for row in rows)
        if len({len(row) for row in made}) > 1:
            raise ValueError("the rows of a grid are equally long")
        if not all(hasattr(cell, "__index__") for row in made for cell in row):
            raise ValueError("the cells of a grid are ints")
        return super().__new__(cls, made)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in cells."""
        return len(self), len(self[0]) if self else 0

    def to_numpy(self) -> numpy.ndarray[Any, Any]:
        """The grid as an array of int8, or int64 where that is too small. Needs NumPy."""
        import numpy

        array = numpy.array(self, dtype=numpy.int64).reshape(self.shape)
        small = array.astype(numpy.int8)
        return small if (small == array).all() else array

    def to_svg(self, cell: int = 16) -> str:
        """The grid as an SVG picture, `cell` pixels to a cell."""
        height, width = self.shape
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * cell + 1}" '
            f'height="{height * cell + 1}" shape-rendering="crispEdges">'
        ]
        for i, row in enumerate(self):
            for j, value in enumerate(row):
                colour = PALETTE[value] if 0 <= value <= 9 else _OUTSIDE
                parts.append(
                    f'<rect x="{j * cell}" y="{i * cell}" width="{cell}" height="{cell}" '
                    f'fill="{colour}" stroke="{_LINE}" stroke-width="1"><title>({i}, {j}): '
                    f"{int(value)}</title></rect>"
                )
        return "".join(parts) + "</svg>"

    def _repr_html_(self) -> str:
        return self.to_svg()


def as_grid(value: object) -> Grid | None:
    """The value as a Grid, if it is one: at least one row of at least one int, equally long."""
    if not isinstance(value, tuple) or not value:
        return None
    for row in value:
        if not isinstance(row, tuple) or not row or len(row) != len(value[0]):
            return None
        for cell in row:
            if not isinstance(cell, int):
                return None
    return tuple.__new__(Grid, value)
