"""Generators of programs with expected outcomes: random programs, random calls, mutants.

Every generator is a function of a seeded random.Random and yields cases: dicts with `source`,
`args` (JSON) and `expected` (a reference.Outcome).
"""

from __future__ import annotations

import random
import re

from builder import MAKERS, Builder, Shared
from kinds import ACCEPTS

# Primitives that build sets or look at their order: preferred by the `order` flavour.
ORDER_BUILDERS = (
    "combine pair dedupe merge asobject frontiers cmirror dmirror hmirror vmirror product "
    "neighbors ineighbors dneighbors fgpartition partition hfrontier vfrontier upscale objects "
    "palette initset shoot connect ofcolor recolor asindices sizefilter difference remove apply "
    "toindices inbox box colorfilter corners shift insert delta mapply normalize backdrop outbox "
    "intersection underpaint paint sfilter mfilter prapply").split()
ORDER_LOOKS = (
    "first last totuple other order argmax argmin valmax valmin extract mostcommon leastcommon "
    "mostcolor leastcolor color colorfilter merge papply mpapply pair dedupe").split()

STATEMENT = re.compile(r"^    (\w+) = (\w+)\((.*)\)$")


def random_grid(rng) -> list:
    """A grid of a few colours, from scattered over one background to evenly mixed."""
    side = rng.choice((3, 6, 10, 10, 12, 18, 30) if rng.random() < 0.35 else (1, 2, 3, 4, 5, 7, 8))
    height, width = rng.randint(1, side), rng.randint(1, side)
    if rng.random() < 0.4:
        height = width = side
    colors = rng.sample(range(10), rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 6)))
    if rng.random() < 0.3 and 0 not in colors:
        colors[0] = 0
    sparse = rng.random() < 0.5
    density = rng.random()
    return [[rng.choice(colors) if not sparse or rng.random() < density else colors[0]
             for _ in range(width)] for _ in range(height)]


def any_grid(rng, grids: list) -> list:
    """A random grid or, where tasks are at hand, one of theirs."""
    return rng.choice(grids) if grids and rng.random() < 0.4 else random_grid(rng)


# -- random programs ------------------------------------------------------------------------

def program(shared: Shared, rng, grids: list, order: bool) -> dict:
    """A program over everything, like those of the conformance files."""
    build = Builder(shared, rng, [("I", any_grid(rng, grids))])
    target, tries = rng.randint(3, 17), 0
    names = list(shared.by_name)
    while len(build.body) < target and tries < 80:
        tries += 1
        roll = rng.random()
        if roll < 0.3:
            name = rng.choice(MAKERS)
            status = build.attempt(name, rng.random() < 0.25, loose=True)
        elif roll < 0.4:
            status = build.call_closure(rng.random() < 0.5)
        else:
            pick = names
            if order and rng.random() < 0.8:
                pick = ORDER_LOOKS if rng.random() < 0.45 else ORDER_BUILDERS
            status = build.attempt(rng.choice(pick), rng.random() < 0.7, loose=True)
        if status == "error" and rng.random() < 0.045:
            build.fail()
            break
    return build.finish()


# -- random calls over the values that real programs make -------------------------------------

class Solver:
    """A reference program as parsed statements: building blocks of call programs."""

    def __init__(self, task: str, source: str):
        self.task = task
        self.source = source
        self.statements = []
        for line in source.split("\n"):
            match = STATEMENT.match(line)
            if match:
                args = match.group(3).split(", ") if match.group(3) else []
                self.statements.append((match.group(1), match.group(2), args))

    def slice_for(self, wanted: set) -> list:
        """The statements that `wanted` variables need, in order."""
        kept = []
        for name, callee, args in reversed(self.statements):
            if name in wanted:
                kept.append((name, callee, args))
                wanted = wanted | {callee, *args}
        return kept[::-1]


def replay(build: Builder, statements: list) -> str:
    """Runs a slice of a solver in a builder, renaming its variables; 'value' if all returned."""
    shared = build.shared
    scope = {e.text: e for e in shared.primitives + shared.constants + build.pool}
    for name, callee, args in statements:
        status = build.emit(scope[callee], [scope[a] for a in args])
        if status != "value":
            return status
        scope[name] = build.pool[-1]
    return "value"


class Weights:
    """Chooses primitives so that rarely met ones catch up."""

    def __init__(self, shared: Shared, rng):
        self.shared, self.rng = shared, rng
        self.names = list(shared.by_name)

    def choose(self) -> str:
        some = self.rng.sample(self.names, 3)
        counts = self.shared.returned
        return min(some, key=lambda n: counts[n]) if self.rng.random() < 0.75 else some[0]

    def keep_error(self, name: str) -> bool:
        """Whether a raising call of this primitive is worth ending the program for."""
        raised = self.shared.raised
        scarce = raised[name] * len(self.names) <= sum(raised.values())
        return self.rng.random() < (0.12 if scarce else 0.02)


def call_program(shared: Shared, rng, solvers: list, tasks: dict, weights: Weights) -> dict:
    """A slice of a solver on its own or a foreign task, then random calls over its values."""
    solver = rng.choice(solvers)
    task = solver.task if rng.random() < 0.7 and solver.task in tasks else rng.choice(list(tasks))
    train, test = tasks[task]
    pairs = train + test
    params = [("I", rng.choice(pairs)["input"] if rng.random() < 0.9 else random_grid(rng))]
    if rng.random() < 0.15:
        params.append(("J", rng.choice(pairs)["output"]))
    if rng.random() < 0.05:
        params.append(("n", rng.choice((0, 2, -3, True, None, [1, 2], [], [[1, [0, 1]]]))))
    build = Builder(shared, rng, params)
    variables = [s[0] for s in solver.statements]
    wanted = set(rng.sample(variables, min(len(variables), rng.randint(1, 4))))
    status = replay(build, solver.slice_for(wanted))
    if status == "error" and rng.random() < 0.25:
        build.fail()
        return build.finish()
    tries, target = 0, len(build.body) + rng.randint(10, 25)
    while len(build.body) < target and tries < 120:
        roll = rng.random()
        tries += 1
        if roll < 0.06:
            status, name = rng.choice(RECIPES)(build, rng), None
        elif roll < 0.11:
            status, name = build.call_closure(rng.random() < 0.7), None
        else:
            name = weights.choose()
            for _ in range(4):
                status = build.attempt(name, rng.random() < 0.5)
                if status == "value" or (status == "error" and weights.keep_error(name)):
                    break
            else:
                continue
        if status == "error" and (name or rng.random() < 0.4):
            build.fail()
            break
    return build.finish()


# -- what random calls seldom meet ------------------------------------------------------------

def _do(build, name, *args):
    """Emits a call; arguments are entries, or names of primitives, constants or variables."""
    scope = build.shared.by_name
    entries = []
    for arg in args:
        if isinstance(arg, str):
            arg = scope.get(arg) or next((e for e in build.pool if e.text == arg), None) or next(
                e for e in build.shared.constants if e.text == arg)
        entries.append(arg)
    return build.emit(scope[name], entries)


def _last(build):
    return build.pool[-1]


def recipe_partial_order(build, rng):
    """Extremes and sorts of many sets under the partial order of frozensets."""
    _do(build, "asindices", "I")
    if _do(build, "apply", rng.choice(("neighbors", "dneighbors", "ineighbors", "vfrontier",
                                       "hfrontier", "initset")), _last(build)) != "value":
        return "skip"
    if rng.random() < 0.5:
        _do(build, "rbind", rng.choice(("connect", "shoot", "combine")), rng.choice(
            ("ORIGIN", "TWO_BY_TWO", "UNITY")))
        maker = _last(build)
        _do(build, "asindices", "I")
        if _do(build, "apply", maker, _last(build)) != "value":
            return "skip"
    if rng.random() < 0.3:
        _do(build, "totuple", _last(build))
    many = _last(build)
    name = rng.choice(("order", "argmax", "argmin", "maximum", "minimum", "valmax", "valmin"))
    if name in ("maximum", "minimum"):
        return _do(build, name, many)
    return _do(build, name, many, rng.choice(("identity", "identity", "toindices", "normalize",
                                              "corners", "size", "ulcorner", "first")))


def recipe_stop_iteration(build, rng):
    """StopIteration inside and outside of generators, on one empty container among others."""
    if _do(build, "ofcolor", "I", "TEN") != "value":
        return "skip"
    empty = _last(build)
    asks = rng.choice(("first", "color", "hmirror", "vmirror"))
    if rng.random() < 0.25:
        _do(build, "compose", asks, "identity")
        return build.emit(_last(build), [empty])
    full = build.from_pool({"indices", "object", "grid"}) or empty
    _do(build, rng.choice(("astuple", "astuple", "combine", "insert")), full, empty)
    box = _last(build)
    name = rng.choice(("apply", "mapply", "sfilter", "mfilter", "extract", "argmax", "argmin",
                       "order", "valmax", "valmin", "papply", "prapply", "rapply"))
    if name in ("papply", "prapply"):
        return _do(build, name, rng.choice(("other", "colorfilter", "remove")), box, box)
    if name == "rapply":
        _do(build, "astuple", asks, "size")
        return _do(build, "rapply", _last(build), empty)
    return _do(build, name, *((asks, box) if name in ("apply", "mapply") else (box, asks)))


def recipe_bool_and_int(build, rng):
    """True beside 1 and False beside 0, in sets, tuples and grids."""
    pick = rng.randrange(6)
    one, true = rng.choice((("ONE", "T"), ("ZERO", "F")))
    if pick == 0:
        _do(build, "initset", rng.choice((one, true)))
        _do(build, "insert", rng.choice((one, true)), _last(build))
        return _do(build, "combine", _last(build), build.of_kind({"intset", "ints"}))
    if pick == 1:
        _do(build, "initset", true)
        a = _last(build)
        _do(build, "initset", one)
        b = _last(build)
        return _do(build, rng.choice(("intersection", "difference", "combine", "equality",
                                      "astuple", "product")), *rng.sample((a, b), 2))
    if pick == 2:
        _do(build, "replace", "I", one, true)
        return _do(build, rng.choice(("palette", "mostcolor", "partition", "asobject",
                                      "fgpartition", "frontiers")), _last(build))
    if pick == 3:
        return _do(build, "switch", "I", true, rng.choice(("TWO", one)))
    if pick == 4:
        _do(build, "astuple", true, one)
        return _do(build, rng.choice(("dedupe", "mostcommon", "leastcommon", "maximum", "toindices",
                                      "neighbors", "initset")), _last(build))
    _do(build, "fill", "I", true, build.of_kind({"indices", "object"}))
    return _do(build, "astuple", _last(build), "I")


def recipe_mixed_set(build, rng):
    """A set of elements of several kinds, then something that treats each of them."""
    if _do(build, "initset", build.from_pool()) != "value":
        return "skip"
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.7:
            _do(build, "insert", build.anything(), _last(build))
        else:
            _do(build, "combine", _last(build), build.of_kind({"indices", "object", "objects"}))
    box = _last(build)
    name = rng.choice(("apply", "mapply", "sfilter", "order", "argmax", "merge", "extract",
                       "maximum", "first", "totuple", "prapply", "toindices", "valmin"))
    function = build.function(1)
    if name in ("apply", "mapply"):
        return _do(build, name, function, box)
    if name in ("merge", "maximum", "first", "totuple", "toindices"):
        return _do(build, name, box)
    if name == "prapply":
        return _do(build, name, build.function(2), box, box)
    return _do(build, name, box, function)


def recipe_none(build, rng):
    """None from a location outside of the grid, and what becomes of it."""
    _do(build, "index", "I", build.literal("pair"))
    if rng.random() < 0.5:
        _do(build, "lbind", "index", "I")
        return _do(build, rng.choice(("apply", "mapply")), _last(build),
                   build.of_kind({"indices", "grid"}))
    value = _last(build)
    name = rng.choice(("fill", "recolor", "canvas", "astuple", "repeat", "initset", "equality",
                       "either", "add", "positive", "size", "branch", "ofcolor", "replace"))
    args = {"fill": ("I", value, build.of_kind({"indices"})), "canvas": (value, "TWO_BY_TWO"),
            "recolor": (value, build.of_kind({"indices"})), "repeat": (value, "THREE"),
            "ofcolor": ("I", value), "replace": ("I", "ZERO", value),
            "branch": (value, "ONE", value)}
    if name in ("initset", "positive", "size"):
        return _do(build, name, value)
    return _do(build, name, *args.get(name, (value, build.anything())))


def recipe_tuple_patch(build, rng):
    """A tuple of cells, perhaps with repeats, where a patch is expected."""
    patch = build.of_kind({"indices", "object"})
    if _do(build, "totuple", patch) != "value":
        return "skip"
    if rng.random() < 0.5:
        _do(build, "combine", _last(build), _last(build))
    cells = _last(build)
    names = [n for n, s in build.shared.signatures.items()
             if any(p in ("Patch", "Object", "Piece", "Element") for p in s.params)]
    name = rng.choice(names)
    args = [cells if p in ("Patch", "Object", "Piece", "Element") else
            build.of_kind(ACCEPTS[p]) for p in build.shared.signatures[name].params]
    return _do(build, name, *args)


def recipe_odd_sizes(build, rng):
    """Zero and negative sizes, steps and slices."""
    odd = rng.choice(("ZERO", "NEG_ONE", "NEG_TWO", "F", "ONE"))
    name = rng.choice(("upscale", "hupscale", "vupscale", "downscale", "hsplit", "vsplit",
                       "repeat", "interval", "canvas", "crop", "power"))
    if name == "interval":
        return _do(build, name, "THREE", odd, rng.choice(("NEG_ONE", "NEG_TWO", "ZERO", "TWO")))
    if name in ("canvas", "crop"):
        pairs = [build.literal("pair") for _ in range(2)]
        return _do(build, name, *(("ONE", pairs[0]) if name == "canvas" else ("I", *pairs)))
    if name == "power":
        return _do(build, name, build.function(1), odd)
    return _do(build, name, build.of_kind({"grid"} | ({"object"} if name == "upscale" else set())),
               odd)


def recipe_functions_in_containers(build, rng):
    """Functions inside tuples and sets, applied, compared and chosen."""
    f, g = build.function(1, rng.choice(("grid", "object", "int"))), build.function(1)
    if _do(build, rng.choice(("astuple", "repeat", "pair")), f, g) == "value":
        return _do(build, "rapply", _last(build), build.anything())
    _do(build, "astuple", f, f if rng.random() < 0.4 else g)
    both = _last(build)
    name = rng.choice(("rapply", "rapply", "dedupe", "first", "last", "initset", "mostcommon"))
    return _do(build, name, both, build.from_pool()) if name == "rapply" else _do(build, name, both)


def recipe_address_free(build, rng):
    """Equality and hashing of functions where no order depends on them."""
    f = build.function(1)
    _do(build, "compose", f, "identity")
    a = _last(build)
    _do(build, "initset", a)
    return _do(build, rng.choice(("size", "first", "contained", "equality")), *(
        (_last(build),) if rng.random() < 0.5 else (a, _last(build))))


RECIPES = (recipe_partial_order, recipe_stop_iteration, recipe_bool_and_int, recipe_mixed_set,
           recipe_none, recipe_tuple_patch, recipe_odd_sizes, recipe_functions_in_containers,
           recipe_address_free, recipe_mixed_set, recipe_stop_iteration)


# -- mutants ------------------------------------------------------------------------------------

def mutant(solver: Solver, rng, primitives: list) -> str:
    """The solver's source with one function name swapped for another callable."""
    lines = solver.source.split("\n")
    spots = []
    callables: list = []  # variables that hold functions, as (line, name)
    known = set(primitives)
    for number, line in enumerate(lines):
        match = STATEMENT.match(line)
        if not match:
            continue
        for word in re.finditer(r"\w+", line[match.start(2):]):
            if word.group() in known or word.group() in {c[1] for c in callables}:
                spots.append((number, match.start(2) + word.start(), word.group()))
        if match.group(2) in MAKERS:
            callables.append((number, match.group(1)))
    number, column, old = rng.choice(spots)
    variables = [c[1] for c in callables if c[0] < number and c[1] != old]
    if variables and rng.random() < 0.15:
        new = rng.choice(variables)
    else:
        new = rng.choice([p for p in primitives if p != old])
    line = lines[number]
    lines[number] = line[:column] + new + line[column + len(old):]
    return "\n".join(lines)


def seeded(seed: int, *parts) -> random.Random:
    """A generator for one piece of work: the same whatever the number of workers."""
    return random.Random("/".join(map(str, (seed, *parts))))
