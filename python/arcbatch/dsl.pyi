# Written by scripts/generate-stubs from the registry.
"""The DSL's primitives as Python functions."""

from typing import (  # noqa: UP035
    Any,
    Callable,
    Container,
    FrozenSet,
    Iterable,
    List,
    Tuple,
    Union,
)

Boolean = bool
Integer = int
IntegerTuple = Tuple[int, int]
Numerical = Union[int, Tuple[int, int]]
IntegerSet = FrozenSet[int]
Grid = Tuple[Tuple[int, ...], ...]
Cell = Tuple[int, Tuple[int, int]]
Object = FrozenSet[Tuple[int, Tuple[int, int]]]
Objects = FrozenSet[Object]
Indices = FrozenSet[Tuple[int, int]]
IndicesSet = FrozenSet[Indices]
Patch = Union[Object, Indices]
Element = Union[Object, Grid]
Piece = Union[Object, Indices, Grid]
TupleTuple = Tuple[Tuple[Any, ...], ...]
ContainerContainer = Container[Container[Any]]

def identity(x: Any) -> Any:
    """Returns x itself."""

def add(a: Numerical, b: Numerical) -> Numerical:
    """a + b; pairs add by component, and an integer is added to both components of a pair."""

def subtract(a: Numerical, b: Numerical) -> Numerical:
    """a - b; pairs subtract by component, and an integer stands for a pair of itself."""

def multiply(a: Numerical, b: Numerical) -> Numerical:
    """a * b; pairs multiply by component, and an integer multiplies both components of a pair."""

def divide(a: Numerical, b: Numerical) -> Numerical:
    """a // b, rounded down; by component for pairs. Zero divisors raise ZeroDivisionError."""

def invert(n: Numerical) -> Numerical:
    """-n, or the pair with both components negated."""

def even(n: Integer) -> Boolean:
    """Whether n is divisible by two."""

def double(n: Numerical) -> Numerical:
    """Twice n, or the pair with both components doubled."""

def halve(n: Numerical) -> Numerical:
    """n // 2, rounded down; both components for a pair."""

def flip(b: Boolean) -> Boolean:
    """True where b is falsy, False otherwise."""

def equality(a: Any, b: Any) -> Boolean:
    """Whether a == b."""

def contained(value: Any, container: Container[Any]) -> Boolean:
    """Whether some element of the container equals value."""

def combine(a: Container[Any], b: Container[Any]) -> Container[Any]:
    """The elements of a, then those of b, in a container of a's type."""

def intersection(a: FrozenSet[Any], b: FrozenSet[Any]) -> FrozenSet[Any]:
    """The elements that two sets share (bitwise and of two integers)."""

def difference(a: FrozenSet[Any], b: FrozenSet[Any]) -> FrozenSet[Any]:
    """The elements of a that are not in b, in a container of a's type."""

def dedupe(tup: Tuple[Any, ...]) -> Tuple[Any, ...]:
    """The tuple without the elements that equal an earlier one."""

def order(container: Container[Any], compfunc: Callable[..., Any]) -> Tuple[Any, ...]:
    """The elements as a tuple sorted by compfunc, smallest first; equal keys keep their order."""

def repeat(item: Any, num: Integer) -> Tuple[Any, ...]:
    """A tuple holding item num times; empty if num is not positive."""

def greater(a: Integer, b: Integer) -> Boolean:
    """Whether a > b (for sets: whether a is a proper superset of b)."""

def size(container: Container[Any]) -> Integer:
    """The number of elements; a grid's is its number of rows."""

def merge(containers: ContainerContainer) -> Container[Any]:
    """The elements of all inner containers in one container of the outer one's type."""

def maximum(container: IntegerSet) -> Integer:
    """The largest element, 0 if there is none."""

def minimum(container: IntegerSet) -> Integer:
    """The smallest element, 0 if there is none."""

def valmax(container: Container[Any], compfunc: Callable[..., Any]) -> Integer:
    """The largest value that compfunc takes on the elements; compfunc(0) if there is none."""

def valmin(container: Container[Any], compfunc: Callable[..., Any]) -> Integer:
    """The smallest value that compfunc takes on the elements; compfunc(0) if there is none."""

def argmax(container: Container[Any], compfunc: Callable[..., Any]) -> Any:
    """The element with the largest compfunc; of equals the first. Raises ValueError if empty."""

def argmin(container: Container[Any], compfunc: Callable[..., Any]) -> Any:
    """The element with the smallest compfunc; of equals the first. Raises ValueError if empty."""

def mostcommon(container: Container[Any]) -> Any:
    """The tuple's most frequent element; of equals the first in the order of the set of its
    elements.
    """

def leastcommon(container: Container[Any]) -> Any:
    """The tuple's least frequent element; of equals the first in the order of the set of its
    elements.
    """

def initset(value: Any) -> FrozenSet[Any]:
    """The set that holds value alone."""

def both(a: Boolean, b: Boolean) -> Boolean:
    """b if a is truthy, else a: Python's `a and b`."""

def either(a: Boolean, b: Boolean) -> Boolean:
    """a if it is truthy, else b: Python's `a or b`."""

def increment(x: Numerical) -> Numerical:
    """x + 1; both components for a pair."""

def decrement(x: Numerical) -> Numerical:
    """x - 1; both components for a pair."""

def crement(x: Numerical) -> Numerical:
    """x moved one further from zero; zero stays. Both components for a pair."""

def sign(x: Numerical) -> Numerical:
    """-1, 0 or 1 as x is negative, zero or positive; by component for a pair."""

def positive(x: Integer) -> Boolean:
    """Whether x > 0."""

def toivec(i: Integer) -> IntegerTuple:
    """The pair (i, 0): i rows down."""

def tojvec(j: Integer) -> IntegerTuple:
    """The pair (0, j): j columns to the right."""

def sfilter(container: Container[Any], condition: Callable[..., Any]) -> Container[Any]:
    """The elements that satisfy condition, in a container of the same type."""

def mfilter(container: Container[Any], function: Callable[..., Any]) -> FrozenSet[Any]:
    """The elements that satisfy function, merged: sfilter, then merge."""

def extract(container: Container[Any], condition: Callable[..., Any]) -> Any:
    """The first element that satisfies condition. Raises StopIteration if none does."""

def totuple(container: FrozenSet[Any]) -> Tuple[Any, ...]:
    """The elements as a tuple, in their order."""

def first(container: Container[Any]) -> Any:
    """The first element in order. Raises StopIteration if the container is empty."""

def last(container: Container[Any]) -> Any:
    """The last element in order. Raises ValueError if the container is empty."""

def insert(value: Any, container: FrozenSet[Any]) -> FrozenSet[Any]:
    """The set with value added."""

def remove(value: Any, container: Container[Any]) -> Container[Any]:
    """The container without the elements that equal value, of the same type."""

def other(container: Container[Any], value: Any) -> Any:
    """The first element that differs from value. Raises StopIteration if none does."""

def interval(start: Integer, stop: Integer, step: Integer) -> Tuple[Any, ...]:
    """The integers from start up to but not including stop, in steps of step, as a tuple."""

def astuple(a: Integer, b: Integer) -> IntegerTuple:
    """The tuple (a, b)."""

def product(a: Container[Any], b: Container[Any]) -> FrozenSet[Any]:
    """The set of all tuples (x, y) with x from a and y from b."""

def pair(a: Tuple[Any, ...], b: Tuple[Any, ...]) -> TupleTuple:
    """The tuple of pairs of elements at the same place in a and b, as long as the shorter one."""

def branch(condition: Boolean, a: Any, b: Any) -> Any:
    """a if condition is truthy, else b; both are computed before the call."""

def compose(outer: Callable[..., Any], inner: Callable[..., Any]) -> Callable[..., Any]:
    """The function that maps x to outer(inner(x))."""

def chain(
    h: Callable[..., Any], g: Callable[..., Any], f: Callable[..., Any]
) -> Callable[..., Any]:
    """The function that maps x to h(g(f(x)))."""

def matcher(function: Callable[..., Any], target: Any) -> Callable[..., Any]:
    """The function that tells whether function(x) == target."""

def rbind(function: Callable[..., Any], fixed: Any) -> Callable[..., Any]:
    """function with its last argument fixed; the result takes one argument fewer (three where
    function takes four or more, or one).
    """

def lbind(function: Callable[..., Any], fixed: Any) -> Callable[..., Any]:
    """function with its first argument fixed; the result takes one argument fewer (three where
    function takes four or more, or one).
    """

def power(function: Callable[..., Any], n: Integer) -> Callable[..., Any]:
    """function composed with itself n times. Raises RecursionError if n is less than 1."""

def fork(
    outer: Callable[..., Any], a: Callable[..., Any], b: Callable[..., Any]
) -> Callable[..., Any]:
    """The function that maps x to outer(a(x), b(x))."""

def apply(function: Callable[..., Any], container: Container[Any]) -> Container[Any]:
    """function's values on the elements, in a container of the same type."""

def rapply(functions: Container[Any], value: Any) -> Container[Any]:
    """The values of all functions on value, in a container of the type of functions."""

def mapply(function: Callable[..., Any], container: ContainerContainer) -> FrozenSet[Any]:
    """function's values on the elements, merged: apply, then merge."""

def papply(function: Callable[..., Any], a: Tuple[Any, ...], b: Tuple[Any, ...]) -> Tuple[Any, ...]:
    """The tuple of function(x, y) for elements at the same place in a and b."""

def mpapply(
    function: Callable[..., Any], a: Tuple[Any, ...], b: Tuple[Any, ...]
) -> Tuple[Any, ...]:
    """The merged values of function(x, y) for elements at the same place in a and b, as a tuple."""

def prapply(function: Callable[..., Any], a: Container[Any], b: Container[Any]) -> FrozenSet[Any]:
    """The set of function(x, y) for every x of a and y of b."""

def mostcolor(element: Element) -> Integer:
    """The colour with the most cells in a grid or object; of equals the first in the order of the
    set of colours.
    """

def leastcolor(element: Element) -> Integer:
    """The colour with the fewest cells (at least one) in a grid or object; of equals the first in
    the order of the set of colours.
    """

def height(piece: Piece) -> Integer:
    """The number of rows of a grid, or of a patch's bounding box; 0 if empty."""

def width(piece: Piece) -> Integer:
    """The number of columns of a grid, or of a patch's bounding box; 0 if empty."""

def shape(piece: Piece) -> IntegerTuple:
    """The pair (height, width)."""

def portrait(piece: Piece) -> Boolean:
    """Whether the height exceeds the width."""

def colorcount(element: Element, value: Integer) -> Integer:
    """The number of cells of colour value in a grid or object."""

def colorfilter(objs: Objects, value: Integer) -> Objects:
    """The objects of colour value, each judged by its first cell."""

def sizefilter(container: Container[Any], n: Integer) -> FrozenSet[Any]:
    """The set of the elements that have n elements themselves."""

def asindices(grid: Grid) -> Indices:
    """The locations (i, j) of all cells, as many columns in each row as in the first."""

def ofcolor(grid: Grid, value: Integer) -> Indices:
    """The locations of the cells of colour value."""

def ulcorner(patch: Patch) -> IntegerTuple:
    """The upper left corner (smallest i, smallest j) of the bounding box."""

def urcorner(patch: Patch) -> IntegerTuple:
    """The upper right corner (smallest i, largest j) of the bounding box."""

def llcorner(patch: Patch) -> IntegerTuple:
    """The lower left corner (largest i, smallest j) of the bounding box."""

def lrcorner(patch: Patch) -> IntegerTuple:
    """The lower right corner (largest i, largest j) of the bounding box."""

def crop(grid: Grid, start: IntegerTuple, dims: IntegerTuple) -> Grid:
    """The part of the grid of size dims whose upper left cell is at start, cut off at the grid's
    border.
    """

def toindices(patch: Patch) -> Indices:
    """The locations of a patch's cells without their colours; indices stay as they are."""

def recolor(value: Integer, patch: Patch) -> Object:
    """The object with the patch's locations, all of colour value."""

def shift(patch: Patch, directions: IntegerTuple) -> Patch:
    """The patch moved by directions[0] rows down and directions[1] columns right."""

def normalize(patch: Patch) -> Patch:
    """The patch moved so that its bounding box starts at (0, 0)."""

def dneighbors(loc: IntegerTuple) -> Indices:
    """The four locations that share a side with loc."""

def ineighbors(loc: IntegerTuple) -> Indices:
    """The four locations that share only a corner with loc."""

def neighbors(loc: IntegerTuple) -> Indices:
    """The eight locations around loc."""

def objects(grid: Grid, univalued: Boolean, diagonal: Boolean, without_bg: Boolean) -> Objects:
    """The connected groups of cells as objects: of one colour if univalued; joined by corners too
    if diagonal; without the cells of the most common colour if without_bg.
    """

def partition(grid: Grid) -> Objects:
    """One object per colour of the grid, with all cells of that colour."""

def fgpartition(grid: Grid) -> Objects:
    """One object per colour of the grid except the most common one."""

def uppermost(patch: Patch) -> Integer:
    """The smallest row index of the patch. Raises ValueError if it is empty."""

def lowermost(patch: Patch) -> Integer:
    """The largest row index of the patch. Raises ValueError if it is empty."""

def leftmost(patch: Patch) -> Integer:
    """The smallest column index of the patch. Raises ValueError if it is empty."""

def rightmost(patch: Patch) -> Integer:
    """The largest column index of the patch. Raises ValueError if it is empty."""

def square(piece: Piece) -> Boolean:
    """Whether a grid has as many rows as columns, or a patch fills a square bounding box."""

def vline(patch: Patch) -> Boolean:
    """Whether the patch is an unbroken vertical line one cell wide."""

def hline(patch: Patch) -> Boolean:
    """Whether the patch is an unbroken horizontal line one cell high."""

def hmatching(a: Patch, b: Patch) -> Boolean:
    """Whether some row holds cells of both patches."""

def vmatching(a: Patch, b: Patch) -> Boolean:
    """Whether some column holds cells of both patches."""

def manhattan(a: Patch, b: Patch) -> Integer:
    """The smallest distance in rows plus columns from a cell of a to a cell of b. Raises ValueError
    if either is empty.
    """

def adjacent(a: Patch, b: Patch) -> Boolean:
    """Whether the smallest distance in rows plus columns between the patches is exactly 1."""

def bordering(patch: Patch, grid: Grid) -> Boolean:
    """Whether the patch's bounding box touches the first or last row or column of the grid."""

def centerofmass(patch: Patch) -> IntegerTuple:
    """The means of the row and of the column indices, rounded down."""

def palette(element: Element) -> IntegerSet:
    """The set of colours of a grid or object."""

def numcolors(element: Element) -> IntegerSet:
    """The number of different colours of a grid or object."""

def color(obj: Object) -> Integer:
    """The colour of the object's first cell. Raises StopIteration if it is empty."""

def toobject(patch: Patch, grid: Grid) -> Object:
    """The object of the grid's cells at the patch's locations; locations off the grid are dropped.
    """

def asobject(grid: Grid) -> Object:
    """All cells of the grid as one object."""

def rot90(grid: Grid) -> Grid:
    """The grid turned clockwise by 90 degrees."""

def rot180(grid: Grid) -> Grid:
    """The grid turned by 180 degrees."""

def rot270(grid: Grid) -> Grid:
    """The grid turned counterclockwise by 90 degrees."""

def hmirror(piece: Piece) -> Piece:
    """The grid, or the patch within its bounding box, flipped upside down."""

def vmirror(piece: Piece) -> Piece:
    """The grid, or the patch within its bounding box, flipped left to right."""

def dmirror(piece: Piece) -> Piece:
    """The grid, or the patch about its upper left corner, transposed (mirrored along the main
    diagonal).
    """

def cmirror(piece: Piece) -> Piece:
    """The grid or patch mirrored along the other diagonal, from upper right to lower left."""

def fill(grid: Grid, value: Integer, patch: Patch) -> Grid:
    """The grid with the cells at the patch's locations set to value; locations off the grid are
    ignored.
    """

def paint(grid: Grid, obj: Object) -> Grid:
    """The grid with the object's cells drawn on it; cells off the grid are ignored, and of two
    cells at one location the later one stays.
    """

def underfill(grid: Grid, value: Integer, patch: Patch) -> Grid:
    """Like fill, but only cells of the most common colour change."""

def underpaint(grid: Grid, obj: Object) -> Grid:
    """Like paint, but only cells of the most common colour change."""

def hupscale(grid: Grid, factor: Integer) -> Grid:
    """The grid with every cell repeated factor times along its row."""

def vupscale(grid: Grid, factor: Integer) -> Grid:
    """The grid with every row repeated factor times."""

def upscale(element: Element, factor: Integer) -> Element:
    """The grid or object with every cell grown to factor by factor cells; an object keeps its upper
    left corner.
    """

def downscale(grid: Grid, factor: Integer) -> Grid:
    """The grid of the cells whose row and column indices are both multiples of factor."""

def hconcat(a: Grid, b: Grid) -> Grid:
    """The rows of b joined to the right of those of a, as many as the shorter grid has."""

def vconcat(a: Grid, b: Grid) -> Grid:
    """The rows of a followed by those of b."""

def subgrid(patch: Patch, grid: Grid) -> Grid:
    """The part of the grid within the patch's bounding box."""

def hsplit(grid: Grid, n: Integer) -> Tuple[Any, ...]:
    """The grid cut into n parts side by side, of equal width; if n does not divide the width, one
    column is skipped between parts.
    """

def vsplit(grid: Grid, n: Integer) -> Tuple[Any, ...]:
    """The grid cut into n parts one above the other, of equal height; if n does not divide the
    height, one row is skipped between parts.
    """

def cellwise(a: Grid, b: Grid, fallback: Integer) -> Grid:
    """The grid of a's cells where b agrees, and of fallback elsewhere."""

def replace(grid: Grid, replacee: Integer, replacer: Integer) -> Grid:
    """The grid with colour replacee changed to replacer."""

def switch(grid: Grid, a: Integer, b: Integer) -> Grid:
    """The grid with the colours a and b exchanged."""

def center(patch: Patch) -> IntegerTuple:
    """The cell at half the height and width of the bounding box, towards the lower right."""

def position(a: Patch, b: Patch) -> IntegerTuple:
    """The direction, as a pair of -1, 0 and 1, from a's center to b's; (0, -1) if they coincide."""

def index(grid: Grid, loc: IntegerTuple) -> Integer:
    """The colour of the grid's cell at loc, or None off the grid."""

def canvas(value: Integer, dimensions: IntegerTuple) -> Grid:
    """A grid of dimensions (height, width) filled with value."""

def corners(patch: Patch) -> Indices:
    """The set of the bounding box's corners."""

def connect(a: IntegerTuple, b: IntegerTuple) -> Indices:
    """The locations from a to b on a horizontal, vertical or diagonal line; empty if there is no
    such line.
    """

def cover(grid: Grid, patch: Patch) -> Grid:
    """The grid with the patch's cells set to the most common colour."""

def trim(grid: Grid) -> Grid:
    """The grid without its first and last row and column."""

def move(grid: Grid, obj: Object, offset: IntegerTuple) -> Grid:
    """The grid with the object covered by the most common colour, then painted again offset away.
    """

def tophalf(grid: Grid) -> Grid:
    """The upper half of the rows, without the middle one of an odd number."""

def bottomhalf(grid: Grid) -> Grid:
    """The lower half of the rows, without the middle one of an odd number."""

def lefthalf(grid: Grid) -> Grid:
    """The left half of the columns, without the middle one of an odd number."""

def righthalf(grid: Grid) -> Grid:
    """The right half of the columns, without the middle one of an odd number."""

def vfrontier(location: IntegerTuple) -> Indices:
    """The 30 locations in location's column, rows 0 to 29."""

def hfrontier(location: IntegerTuple) -> Indices:
    """The 30 locations in location's row, columns 0 to 29."""

def backdrop(patch: Patch) -> Indices:
    """All locations of the patch's bounding box."""

def delta(patch: Patch) -> Indices:
    """The locations of the bounding box that are not in the patch."""

def gravitate(source: Patch, destination: Patch) -> IntegerTuple:
    """The offset that moves source, one cell at a time, until it is adjacent to destination: along
    the column if they share one, else along the row. It gives up after 42 steps.
    """

def inbox(patch: Patch) -> Indices:
    """The outline of the bounding box shrunk by one cell on each side."""

def outbox(patch: Patch) -> Indices:
    """The outline of the bounding box grown by one cell on each side."""

def box(patch: Patch) -> Indices:
    """The outline of the bounding box; an empty patch stays as it is."""

def shoot(start: IntegerTuple, direction: IntegerTuple) -> Indices:
    """The locations from start on along direction, 42 steps far; empty if the direction is not
    horizontal, vertical or diagonal.
    """

def occurrences(grid: Grid, obj: Object) -> Indices:
    """The upper left corners of all places in the grid where the object's cells are found."""

def frontiers(grid: Grid) -> Objects:
    """The full rows and full columns of one colour, as objects."""

def compress(grid: Grid) -> Grid:
    """The grid without the full rows and columns of one colour."""

def hperiod(obj: Object) -> Integer:
    """The smallest shift to the left, in columns, that maps the object onto itself where they
    overlap; its width if there is none.
    """

def vperiod(obj: Object) -> Integer:
    """The smallest shift upwards, in rows, that maps the object onto itself where they overlap; its
    height if there is none.
    """
