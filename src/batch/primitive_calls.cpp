// The table of calls, one row or more a primitive, and the grids they run on.
#include "batch/primitive_calls.h"

#include <algorithm>
#include <iterator>

namespace arcbatch {
namespace {

// Setups that several calls share. Each leaves its values as a program's statements would: with the
// facts that making them worked out, and no others.
constexpr const char* kNone = "";
constexpr const char* kObjects = "objs = objects(I, T, F, T)";
// The largest object, a ring of cyan cells.
constexpr const char* kObject = "objs = objects(I, T, F, T)\nobj = argmax(objs, size)";
constexpr const char* kTwoObjects =
    "objs = objects(I, T, F, T)\nobj = argmax(objs, size)\nrest = remove(obj, objs)\nnext = "
    "argmax(rest, size)";
// The same ring as locations, and a filled block.
constexpr const char* kIndices = "locs = ofcolor(I, EIGHT)";
constexpr const char* kBlock = "locs = ofcolor(I, EIGHT)\nblock = backdrop(locs)";
constexpr const char* kColorful = "cells = asobject(I)";
constexpr const char* kTuple = "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)";
constexpr const char* kColors =
    "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)\ncolors = apply(color, objtuple)";
constexpr const char* kPalette = "colorset = palette(I)";
constexpr const char* kHalves = "grids = hsplit(I, TWO)";
constexpr const char* kMirrored = "H = hmirror(I)";
constexpr const char* kPairs = "p = astuple(THREE, FIVE)\nq = astuple(TWO, SEVEN)";
constexpr const char* kInts = "m = double(THREE)\nn = double(FOUR)";
constexpr const char* kBools = "s = even(THREE)\nt = even(FOUR)";
constexpr const char* kCorners = "locs = ofcolor(I, EIGHT)\np = ulcorner(locs)\nq = urcorner(locs)";

// A map's function is called for every element, so it counts an operation an element for each
// primitive in it. An order that has to be known counts a hash and a probe an element.
const PrimitiveCall kCalls[] = {
    {Prim::identity, kNone, "identity(G)", "", ""},
    {Prim::add, kPairs, "add(p, q)", "", ""},
    {Prim::add, kInts, "add(m, ONE)", "", ""},
    {Prim::subtract, kPairs, "subtract(p, q)", "", ""},
    {Prim::multiply, kPairs, "multiply(p, TWO)", "", ""},
    {Prim::multiply, kInts, "multiply(m, n)", "", ""},
    {Prim::divide, kPairs, "divide(p, TWO)", "", ""},
    {Prim::invert, kPairs, "invert(p)", "", ""},
    {Prim::even, kInts, "even(m)", "", ""},
    {Prim::double_, kInts, "double(m)", "", ""},
    {Prim::halve, kPairs, "halve(p)", "", ""},
    {Prim::flip, kBools, "flip(s)", "", ""},
    {Prim::equality, kInts, "equality(m, SIX)", "", ""},
    {Prim::equality, "H = hmirror(I)\nsame = hmirror(H)", "equality(G, same)", "G same", ""},
    {Prim::equality, "locs = ofcolor(I, EIGHT)\nsame = ofcolor(I, EIGHT)", "equality(locs, same)",
     "locs same", ""},
    {Prim::contained, kPalette, "contained(ONE, colorset)", "", "1"},
    {Prim::contained, kIndices, "contained(ORIGIN, locs)", "", "1"},
    {Prim::combine, "locs = ofcolor(I, EIGHT)\nmore = ofcolor(I, TWO)", "combine(locs, more)",
     "locs more r", ""},
    {Prim::combine, "grids = hsplit(I, TWO)\nmore = vsplit(I, TWO)", "combine(grids, more)", "",
     "4"},
    {Prim::intersection, "locs = ofcolor(I, EIGHT)\nmoved = shift(locs, DOWN)",
     "intersection(locs, moved)", "locs moved r", ""},
    {Prim::difference, kBlock, "difference(block, locs)", "block locs r", ""},
    {Prim::difference, "objs = objects(I, T, F, T)\nsquares = sfilter(objs, square)",
     "difference(objs, squares)", "", "len:objs len:squares"},
    {Prim::dedupe, kColors, "dedupe(colors)", "", "len:colors"},
    {Prim::dedupe, kNone, "dedupe(G)", "G r", "len:G"},
    {Prim::order, kObjects, "order(objs, size)", "", "4*len:objs"},
    {Prim::repeat, kNone, "repeat(G, THREE)", "", "3"},
    {Prim::greater, kInts, "greater(m, n)", "", ""},
    {Prim::size, kObjects, "size(objs)", "", ""},
    {Prim::size, kIndices, "size(locs)", "", ""},
    {Prim::merge, kObjects, "merge(objs)", "objs r", "len:objs"},
    {Prim::merge, kTuple, "merge(objtuple)", "objtuple r", "2*cells:objtuple"},
    {Prim::maximum, kPalette, "maximum(colorset)", "", "len:colorset"},
    {Prim::minimum, kPalette, "minimum(colorset)", "", "len:colorset"},
    {Prim::valmax, kObjects, "valmax(objs, height)", "", "2*len:objs"},
    {Prim::valmin, kObjects, "valmin(objs, width)", "", "2*len:objs"},
    {Prim::argmax, kObjects, "argmax(objs, size)", "", "2*len:objs"},
    {Prim::argmax, "objtuple = totuple(objects(I, T, F, T))", "argmax(objtuple, leftmost)", "",
     "2*len:objtuple"},
    {Prim::argmin, kObjects, "argmin(objs, size)", "", "2*len:objs"},
    {Prim::mostcommon, kColors, "mostcommon(colors)", "", "len:colors"},
    {Prim::leastcommon, kColors, "leastcommon(colors)", "", "len:colors"},
    {Prim::initset, kPairs, "initset(p)", "", ""},
    {Prim::initset, kObject, "initset(obj)", "", ""},
    {Prim::both, kBools, "both(s, t)", "", ""},
    {Prim::either, kBools, "either(s, t)", "", ""},
    {Prim::increment, kInts, "increment(m)", "", ""},
    {Prim::decrement, kPairs, "decrement(p)", "", ""},
    {Prim::crement, kPairs, "crement(p)", "", ""},
    {Prim::sign, kPairs, "sign(p)", "", ""},
    {Prim::positive, kInts, "positive(m)", "", ""},
    {Prim::toivec, kInts, "toivec(m)", "", ""},
    {Prim::tojvec, kInts, "tojvec(m)", "", ""},
    {Prim::sfilter, "objs = objects(I, T, F, T)\nf = matcher(color, EIGHT)", "sfilter(objs, f)", "",
     "2*len:objs len:r"},
    {Prim::sfilter, "cells = asobject(I)\nf = matcher(first, EIGHT)", "sfilter(cells, f)",
     "cells r", "2*len:cells"},
    {Prim::mfilter, "objs = objects(I, T, F, T)\nf = matcher(color, TWO)", "mfilter(objs, f)", "r",
     "2*len:objs"},
    {Prim::extract, "objs = objects(I, T, F, T)\nf = matcher(color, EIGHT)", "extract(objs, f)", "",
     "2*len:objs"},
    {Prim::totuple, kObjects, "totuple(objs)", "", "cells:objs 2*len:objs"},
    {Prim::totuple, kIndices, "totuple(locs)", "r", "2*len:locs"},
    {Prim::first, kObjects, "first(objs)", "", "cells:objs 2*len:objs"},
    {Prim::first, kIndices, "first(locs)", "", "2*len:locs"},
    {Prim::first, kHalves, "first(grids)", "", ""},
    {Prim::first, kPairs, "first(p)", "", ""},
    {Prim::last, kHalves, "last(grids)", "", ""},
    {Prim::last, kPairs, "last(p)", "", ""},
    {Prim::insert, kIndices, "insert(ORIGIN, locs)", "locs r", "1"},
    {Prim::remove, kPalette, "remove(ZERO, colorset)", "", "len:colorset"},
    {Prim::remove, "objs = objects(I, T, F, T)\nobj = argmax(objs, size)", "remove(obj, objs)", "",
     "len:objs"},
    {Prim::other, kPalette, "other(colorset, ZERO)", "", "len:colorset"},
    {Prim::interval, kInts, "interval(ZERO, TEN, ONE)", "r", ""},
    {Prim::astuple, kInts, "astuple(m, n)", "", ""},
    {Prim::product, "ints = interval(ZERO, TEN, TWO)", "product(ints, ints)", "ints r", ""},
    {Prim::product, "n = height(I)\nrows = interval(ZERO, n, ONE)", "product(rows, rows)", "rows r",
     ""},
    {Prim::pair,
     "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)\ncolors = apply(color, objtuple)",
     "pair(objtuple, colors)", "", "len:objtuple"},
    {Prim::branch, kBools, "branch(s, ONE, TWO)", "", ""},
    // A closure is measured twice: making it, and calling it on integers, where a call of the
    // closure and of each primitive in it are a dispatch of 5 each.
    {Prim::compose, kNone, "compose(last, first)", "", ""},
    {Prim::compose, "n = double(THREE)\nf = compose(increment, double)", "f(n)", "", "10"},
    {Prim::chain, kNone, "chain(flip, first, last)", "", ""},
    {Prim::chain, "n = double(THREE)\nf = chain(halve, increment, double)", "f(n)", "", "15"},
    {Prim::matcher, kNone, "matcher(color, EIGHT)", "", ""},
    {Prim::matcher, "n = double(THREE)\nf = matcher(increment, SEVEN)", "f(n)", "", "6"},
    {Prim::rbind, kNone, "rbind(shift, UNITY)", "", ""},
    {Prim::rbind, "n = double(THREE)\nf = rbind(subtract, ONE)", "f(n)", "", "5"},
    {Prim::lbind, kNone, "lbind(shift, G)", "", ""},
    {Prim::lbind, "n = double(THREE)\nf = lbind(subtract, ONE)", "f(n)", "", "5"},
    {Prim::power, kNone, "power(first, TWO)", "", ""},
    {Prim::power, "n = double(THREE)\nf = power(increment, THREE)", "f(n)", "", "15"},
    {Prim::fork, kNone, "fork(multiply, height, width)", "", ""},
    {Prim::fork, "n = double(THREE)\nf = fork(add, increment, double)", "f(n)", "", "15"},
    {Prim::apply, kObjects, "apply(color, objs)", "", "2*len:objs"},
    {Prim::apply, kObjects, "apply(normalize, objs)", "", "2*len:objs"},
    {Prim::apply,
     "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)\nf = fork(multiply, height, width)",
     "apply(f, objtuple)", "", "3*len:objtuple"},
    {Prim::rapply, "mirrors = astuple(hmirror, vmirror)", "rapply(mirrors, G)", "G r", "10"},
    {Prim::mapply, kObjects, "mapply(delta, objs)", "objs r", "len:objs"},
    {Prim::mapply, kIndices, "mapply(neighbors, locs)", "locs r", "len:locs"},
    {Prim::mapply,
     "objs = objects(I, T, F, T)\nobj = argmax(objs, size)\nlocs = corners(obj)\nstamp = "
     "normalize(obj)\nf = lbind(shift, stamp)",
     "mapply(f, locs)", "r", "2*len:locs"},
    {Prim::papply,
     "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)\noffsets = apply(ulcorner, objtuple)",
     "papply(shift, objtuple, offsets)", "", "len:objtuple"},
    {Prim::mpapply,
     "objs = objects(I, T, F, T)\nobjtuple = totuple(objs)\ncolors = apply(color, objtuple)",
     "mpapply(recolor, colors, objtuple)", "r", "2*cells:objtuple"},
    {Prim::prapply, "objs = objects(I, T, F, T)\nobj = argmax(objs, size)\nlocs = corners(obj)",
     "prapply(connect, locs, locs)", "r", "32"},
    {Prim::mostcolor, kNone, "mostcolor(G)", "G", ""},
    {Prim::mostcolor, kColorful, "mostcolor(cells)", "cells", ""},
    {Prim::leastcolor, kNone, "leastcolor(G)", "G", ""},
    {Prim::leastcolor, kColorful, "leastcolor(cells)", "cells", ""},
    {Prim::height, kNone, "height(G)", "", ""},
    {Prim::height, kObject, "height(obj)", "", ""},
    {Prim::width, kNone, "width(G)", "", ""},
    {Prim::width, kObject, "width(obj)", "", ""},
    {Prim::shape, kNone, "shape(G)", "", ""},
    {Prim::shape, kObject, "shape(obj)", "", ""},
    {Prim::portrait, kNone, "portrait(G)", "", ""},
    {Prim::portrait, kObject, "portrait(obj)", "", ""},
    {Prim::colorcount, kNone, "colorcount(G, EIGHT)", "G", ""},
    {Prim::colorcount, kColorful, "colorcount(cells, EIGHT)", "cells", ""},
    {Prim::colorfilter, kObjects, "colorfilter(objs, EIGHT)", "", "len:objs len:r"},
    {Prim::sizefilter, kObjects, "sizefilter(objs, ONE)", "", "len:objs len:r"},
    {Prim::asindices, kNone, "asindices(G)", "r", ""},
    {Prim::ofcolor, kNone, "ofcolor(G, EIGHT)", "G r", ""},
    {Prim::ofcolor, kNone, "ofcolor(G, ZERO)", "G r", ""},
    {Prim::ulcorner, kObject, "ulcorner(obj)", "", ""},
    {Prim::urcorner, kObject, "urcorner(obj)", "", ""},
    {Prim::llcorner, kObject, "llcorner(obj)", "", ""},
    {Prim::lrcorner, kObject, "lrcorner(obj)", "", ""},
    {Prim::crop, kNone, "crop(G, UNITY, THREE_BY_THREE)", "r", ""},
    {Prim::crop, "locs = ofcolor(I, EIGHT)\np = ulcorner(locs)\nq = shape(locs)", "crop(G, p, q)",
     "r", ""},
    {Prim::toindices, kObject, "toindices(obj)", "", ""},
    {Prim::recolor, kIndices, "recolor(FOUR, locs)", "", ""},
    {Prim::recolor, kObject, "recolor(FOUR, obj)", "", ""},
    {Prim::shift, kObject, "shift(obj, UNITY)", "", ""},
    {Prim::shift, kColorful, "shift(cells, UNITY)", "", ""},
    {Prim::normalize, kObject, "normalize(obj)", "", ""},
    {Prim::dneighbors, kPairs, "dneighbors(p)", "r", ""},
    {Prim::ineighbors, kPairs, "ineighbors(p)", "r", ""},
    {Prim::neighbors, kPairs, "neighbors(p)", "r", ""},
    // A region has a run a row at least, found, joined and placed.
    {Prim::objects, kNone, "objects(G, T, F, T)", "G r", "3*rows:r 2*len:r"},
    {Prim::objects, kNone, "objects(G, T, T, T)", "G r", "3*rows:r 2*len:r"},
    {Prim::objects, kNone, "objects(G, F, F, T)", "G r", "3*rows:r 2*len:r"},
    {Prim::objects, kNone, "objects(G, T, F, F)", "G r", "3*rows:r 2*len:r"},
    {Prim::partition, kNone, "partition(G)", "G r", "2*len:r"},
    {Prim::fgpartition, kNone, "fgpartition(G)", "G r", "2*len:r"},
    {Prim::uppermost, kObject, "uppermost(obj)", "", ""},
    {Prim::lowermost, kObject, "lowermost(obj)", "", ""},
    {Prim::leftmost, kObject, "leftmost(obj)", "", ""},
    {Prim::rightmost, kObject, "rightmost(obj)", "", ""},
    {Prim::square, kNone, "square(G)", "", ""},
    {Prim::square, kObject, "square(obj)", "", ""},
    {Prim::vline, kObject, "vline(obj)", "", ""},
    {Prim::hline, kObject, "hline(obj)", "", ""},
    {Prim::hmatching, kTwoObjects, "hmatching(obj, next)", "", "1"},
    {Prim::vmatching, kTwoObjects, "vmatching(obj, next)", "", "1"},
    {Prim::manhattan, kTwoObjects, "manhattan(obj, next)", "obj next", ""},
    {Prim::adjacent, kTwoObjects, "adjacent(obj, next)", "", "1"},
    {Prim::bordering, kObject, "bordering(obj, G)", "", ""},
    {Prim::centerofmass, kObject, "centerofmass(obj)", "obj", "rows:obj"},
    {Prim::palette, kNone, "palette(G)", "G", ""},
    {Prim::palette, kColorful, "palette(cells)", "cells", ""},
    {Prim::numcolors, kNone, "numcolors(G)", "G", ""},
    {Prim::numcolors, kObject, "numcolors(obj)", "", ""},
    {Prim::color, kObject, "color(obj)", "", ""},
    {Prim::toobject, kBlock, "toobject(block, G)", "block r", ""},
    {Prim::asobject, kNone, "asobject(G)", "G r", ""},
    {Prim::rot90, kNone, "rot90(G)", "G r", ""},
    {Prim::rot180, kNone, "rot180(G)", "G r", ""},
    {Prim::rot270, kNone, "rot270(G)", "G r", ""},
    {Prim::hmirror, kNone, "hmirror(G)", "G r", ""},
    {Prim::hmirror, kObject, "hmirror(obj)", "obj r", ""},
    {Prim::vmirror, kNone, "vmirror(G)", "G r", ""},
    {Prim::vmirror, kObject, "vmirror(obj)", "obj r", ""},
    {Prim::dmirror, kNone, "dmirror(G)", "G r", ""},
    {Prim::dmirror, kObject, "dmirror(obj)", "obj r", ""},
    {Prim::cmirror, kNone, "cmirror(G)", "G r", ""},
    {Prim::cmirror, kObject, "cmirror(obj)", "obj r", ""},
    {Prim::fill, kIndices, "fill(G, FOUR, locs)", "G locs r", ""},
    {Prim::fill, kBlock, "fill(G, FOUR, block)", "G block r", ""},
    {Prim::paint, "objs = objects(I, T, F, T)\nobj = argmax(objs, size)\nmoved = shift(obj, UNITY)",
     "paint(G, moved)", "G moved r", ""},
    {Prim::paint, "cells = asobject(I)\nmoved = shift(cells, UNITY)", "paint(G, moved)",
     "G moved r", ""},
    {Prim::underfill, kBlock, "underfill(G, FOUR, block)", "G block r", ""},
    {Prim::underpaint,
     "objs = objects(I, T, F, T)\nobj = argmax(objs, size)\nmoved = shift(obj, UNITY)",
     "underpaint(G, moved)", "G moved r", ""},
    {Prim::hupscale, kNone, "hupscale(G, TWO)", "G r", ""},
    {Prim::vupscale, kNone, "vupscale(G, TWO)", "G r", ""},
    {Prim::upscale, kNone, "upscale(G, TWO)", "G r", ""},
    {Prim::upscale, kObject, "upscale(obj, TWO)", "obj r", ""},
    {Prim::downscale, kNone, "downscale(G, TWO)", "r r", ""},
    {Prim::hconcat, kMirrored, "hconcat(G, H)", "G H r", ""},
    {Prim::vconcat, kMirrored, "vconcat(G, H)", "G H r", ""},
    {Prim::subgrid, kObject, "subgrid(obj, G)", "r r", ""},
    {Prim::hsplit, kNone, "hsplit(G, TWO)", "r r", ""},
    {Prim::vsplit, kNone, "vsplit(G, TWO)", "r r", ""},
    {Prim::cellwise, kMirrored, "cellwise(G, H, ZERO)", "G H r", ""},
    {Prim::replace, kNone, "replace(G, EIGHT, TWO)", "G r", ""},
    {Prim::switch_, kNone, "switch(G, EIGHT, TWO)", "G r", ""},
    {Prim::center, kObject, "center(obj)", "", ""},
    {Prim::position, kTwoObjects, "position(obj, next)", "", ""},
    {Prim::index, kPairs, "index(G, p)", "", ""},
    {Prim::canvas, "p = shape(I)", "canvas(ZERO, p)", "r", ""},
    {Prim::canvas, kNone, "canvas(ZERO, THREE_BY_THREE)", "r", ""},
    {Prim::corners, kObject, "corners(obj)", "r", ""},
    {Prim::connect, kCorners, "connect(p, q)", "r", ""},
    {Prim::connect, "locs = ofcolor(I, EIGHT)\np = ulcorner(locs)\nq = add(p, FOUR)",
     "connect(p, q)", "r", ""},
    {Prim::cover, kObject, "cover(G, obj)", "G obj r", ""},
    {Prim::trim, kNone, "trim(G)", "r r", ""},
    {Prim::move, kObject, "move(G, obj, UNITY)", "G obj r", ""},
    {Prim::tophalf, kNone, "tophalf(G)", "r r", ""},
    {Prim::bottomhalf, kNone, "bottomhalf(G)", "r r", ""},
    {Prim::lefthalf, kNone, "lefthalf(G)", "r r", ""},
    {Prim::righthalf, kNone, "righthalf(G)", "r r", ""},
    {Prim::vfrontier, kPairs, "vfrontier(p)", "r", ""},
    {Prim::hfrontier, kPairs, "hfrontier(p)", "r", ""},
    {Prim::backdrop, kObject, "backdrop(obj)", "r", ""},
    {Prim::delta, kObject, "delta(obj)", "obj r", ""},
    {Prim::gravitate, kTwoObjects, "gravitate(obj, next)", "obj next", ""},
    {Prim::inbox, kObject, "inbox(obj)", "r", ""},
    {Prim::outbox, kObject, "outbox(obj)", "r", ""},
    {Prim::box, kObject, "box(obj)", "r", ""},
    {Prim::shoot, kCorners, "shoot(p, DOWN)", "r", ""},
    {Prim::shoot, kCorners, "shoot(p, UNITY)", "r", ""},
    {Prim::occurrences, kObject, "occurrences(G, obj)", "G obj r", "rows:G"},
    {Prim::frontiers, kNone, "frontiers(G)", "G r", "2*len:r"},
    {Prim::compress, kNone, "compress(G)", "G r", ""},
    {Prim::hperiod, kObject, "hperiod(obj)", "obj", "rows:obj"},
    {Prim::vperiod, kObject, "vperiod(obj)", "obj", "rows:obj"},
};

constexpr std::string_view kSmall =
    ".........."
    ".22....3.."
    ".22...333."
    ".......3.."
    ".........."
    ".1...8888."
    ".1...8..8."
    ".11..8888."
    ".........5"
    "..........";

constexpr std::string_view kLarge =
    ".............................."
    ".............................."
    "..22222....888888888.........."
    "..22222....8.......8.....3...."
    "..22222....8.......8.....3...."
    "..22222....8.......8...33333.."
    "...........8.......8.....3...."
    "...........8.......8.....3...."
    "...........888888888.........."
    ".........................5...."
    "..1..........................."
    "..1.................6........."
    "..1.....444444444...6........."
    "..111...............6........."
    "....................6........."
    "....................6...1111.."
    ".........111........6...1111.."
    "..777.....1.........6........."
    "..777.....1..................."
    "..777............5............"
    ".............................."
    "....................999999...."
    "....22222....3......9....9...."
    "....22222....33.....9....9...."
    "....22422.....33....9....9...."
    "....22222......3....9....9...."
    "....22222...........999999...."
    ".............................."
    ".5............................"
    "..............................";

CallGrid grid_of(std::string name, std::string_view text, u32 side) {
  CallGrid g{std::move(name), {}};
  g.grid.h = g.grid.w = side;
  for (const char c : text) g.grid.cells.push_back(static_cast<i8>(c == '.' ? 0 : c - '0'));
  return g;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Calls `name(text)` for every name in a text and `rest(text)` for what stands between.
template <class Name, class Rest>
void for_each_name(std::string_view text, const Name& name, const Rest& rest) {
  while (!text.empty()) {
    const bool in_name = is_name_character(text[0]);
    std::size_t n = 0;
    while (n < text.size() && is_name_character(text[n]) == in_name) ++n;
    if (in_name) {
      name(text.substr(0, n));
    } else {
      rest(text.substr(0, n));
    }
    text.remove_prefix(n);
  }
}

// The lines of a setup.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Whether a setup assigns the name. G is an argument without that.
bool is_argument(const PrimitiveCall& call, std::string_view name) {
  if (name == "G") return true;
  for (const std::string_view line : lines_of(call.setup)) {
    if (line.substr(0, line.find(' ')) == name) return true;
  }
  return false;
}

bool mentions(std::string_view text, std::string_view wanted) {
  bool found = false;
  for_each_name(
      text, [&](std::string_view name) { found = found || name == wanted; },
      [](std::string_view) {});
  return found;
}

std::string with_suffix(std::string_view name, u32 copy) {
  return std::string(name) + "_" + std::to_string(copy);
}

void append_functions(std::string& text, u32 k, u32 copies, Dialect dialect) {
  const PrimitiveCall& call = primitive_calls()[k];
  const std::vector<std::string> arguments = call_arguments(call);
  text += "def " + setup_name(k) + "(I, G):\n";
  for (const std::string_view line : lines_of(call.setup))
    text += "    " + std::string(line) + "\n";
  if (dialect == Dialect::engine) {
    text += "    return I\n";
  } else {
    text += "    return (";
    for (const std::string& name : arguments) text += name + ", ";
    text += ")\n";
  }
  std::string parameters;
  std::string last;
  for (u32 copy = 0; copy < copies; ++copy) {
    for (const std::string& name : arguments) {
      last = with_suffix(name, copy);
      parameters += (parameters.empty() ? "" : ", ") + last;
    }
  }
  text += "def " + calls_name(k) + "(" + parameters + "):\n";
  for (u32 copy = 0; copy < copies; ++copy) {
    text += "    r = ";
    for_each_name(
        call.call,
        [&](std::string_view name) {
          text += is_argument(call, name) ? with_suffix(name, copy) : std::string(name);
        },
        [&](std::string_view rest) { text += rest; });
    text += "\n";
  }
  text += "    return r\n";
  text += "def " + empty_name(k) + "(" + parameters + "):\n    return " + last + "\n";
}

}  // namespace

const std::vector<PrimitiveCall>& primitive_calls() {
  static const auto* const calls =  // lives as long as the process
      new std::vector<PrimitiveCall>(std::begin(kCalls), std::end(kCalls));
  return *calls;
}

const std::vector<CallGrid>& call_grids() {
  static const auto* const grids =
      new std::vector<CallGrid>{grid_of("10x10", kSmall, 10), grid_of("30x30", kLarge, 30)};
  return *grids;
}

bool uses_grid(const PrimitiveCall& call) {
  return mentions(call.setup, "I") || mentions(call.call, "G");
}

std::vector<std::string> call_arguments(const PrimitiveCall& call) {
  std::vector<std::string> names;
  for_each_name(
      call.call,
      [&](std::string_view name) {
        if (!is_argument(call, name)) return;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
      },
      [](std::string_view) {});
  if (names.empty()) names.emplace_back("G");
  return names;
}

std::string setup_name(u32 k) { return "setup_" + std::to_string(k); }
std::string calls_name(u32 k) { return "calls_" + std::to_string(k); }
std::string empty_name(u32 k) { return "empty_" + std::to_string(k); }

std::string call_program(u32 copies, Dialect dialect) {
  std::string text;
  for (u32 k = 0; k < primitive_calls().size(); ++k) append_functions(text, k, copies, dialect);
  return text;
}

}  // namespace arcbatch
