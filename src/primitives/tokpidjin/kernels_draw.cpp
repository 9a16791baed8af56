// tokpidjin: what is drawn on grids.
#include <cstring>

#include "primitives/tokpidjin/cells.h"
#include "primitives/tokpidjin/grids.h"

namespace arcbatch::tok::kernels {

namespace grids = generic::grids;

// ---- drawing ----------------------------------------------------------------------------------

namespace {

// `if 0 <= i < h and 0 <= j < w [and g[i][j] == bg]: g[i][j] = c`
Status put(Run& run, generic::Canvas& canvas, const Value& i, const Value& j, const Value& c,
           const Value* background) {
  const Value* const at[2] = {&i, &j};
  const i64 ends[2] = {canvas.h, canvas.w};
  for (u32 k = 0; k < 2; ++k) {
    bool in = false;
    ARC_TRY(compare(run.ctx, Cmp::le, Value::integer(0), *at[k], in));
    if (in) ARC_TRY(compare(run.ctx, Cmp::lt, *at[k], Value::integer(ends[k]), in));
    if (!in) return Status::ok;
  }
  if (!i.is_int() || !j.is_int()) return Status::type_error;
  if (j.i >= canvas.rows[i.i].len) return Status::index_error;
  Value& cell = canvas.rows[i.i].items[j.i];
  bool draw = true;
  if (background != nullptr) ARC_TRY(equal_operator(run.ctx, cell, *background, draw));
  if (draw) cell = c;
  return Status::ok;
}

// A copy of a grid of bytes, on which ints of 8 bits are put.
struct Board {
  GridObj* grid = nullptr;
  i8 background = 0;
  bool under = false;

  // Makes none where the grid or what is put there has another form.
  Status open(Ctx& ctx, const GridObj* g, const Value* below) {
    under = below != nullptr;
    if (g == nullptr || (under && !is_byte(*below))) return Status::ok;
    if (under) background = static_cast<i8>(below->i);
    ARC_TRY(make_grid(ctx, g->h, g->w, grid));
    std::memcpy(grid->cells(), g->cells(), u64{g->h} * g->w);
    return Status::ok;
  }
  void put(Location at, i8 color) const {
    if (at.a < 0 || at.b < 0 || at.a >= static_cast<i32>(grid->h) ||
        at.b >= static_cast<i32>(grid->w)) {
      return;
    }
    i8& cell = grid->cells()[static_cast<u32>(at.a) * grid->w + static_cast<u32>(at.b)];
    if (!under || cell == background) cell = color;
  }
};

// Fills or paints a board; `done` is false where an element is not as most are.
Status draw_on(Ctx& ctx, const Board& board, const Value& patch, const Value* color, bool& done) {
  done = false;
  if (board.grid == nullptr || (color != nullptr && !is_byte(*color))) return Status::ok;
  Iter it;
  // Where every location is drawn on in one way, the order does not show.
  const bool any_order = later::is_distinct(patch, color != nullptr ? Tag::pair : Tag::triple);
  ARC_TRY(any_order ? it.start_unordered(ctx, patch) : it.start(ctx, patch));
  for (Value e; it.next(e);) {
    if (color != nullptr) {
      if (e.tag != Tag::pair) return Status::ok;
      board.put(e.p, static_cast<i8>(color->i));
    } else {
      if (e.tag != Tag::triple || e.aux < -128 || e.aux > 127) return Status::ok;
      board.put(e.p, static_cast<i8>(e.aux));
    }
  }
  done = true;
  return Status::ok;
}

// Draws the cells of a patch, or with a color its locations in that; with `under` on the grid's
// background alone.
Status draw(Run& run, const Value& grid, const Value* color, const Value& patch, bool under,
            Value& out) {
  generic::Canvas canvas;
  Value background;
  Value cells = patch;
  GridObj* bytes = nullptr;
  ARC_TRY(as_grid(run.ctx, grid, bytes));
  if (bytes == nullptr) ARC_TRY(generic::open_canvas(run.ctx, grid, canvas));
  if (under) ARC_TRY(inner(run, Fn::mostcolor_t, background, grid));
  if (color != nullptr) ARC_TRY(inner(run, Fn::toindices, cells, patch));
  Board board;
  bool done = false;
  ARC_TRY(board.open(run.ctx, bytes, under ? &background : nullptr));
  ARC_TRY(draw_on(run.ctx, board, cells, color, done));
  if (done) {
    out = Value::of(board.grid);
    return Status::ok;
  }
  if (bytes != nullptr) ARC_TRY(generic::open_canvas(run.ctx, grid, canvas));
  Iter it;
  ARC_TRY(it.start(run.ctx, cells));
  for (Value e; it.next(e);) {
    Value i;
    Value j;
    Value c;
    if (color != nullptr) {
      c = *color;
      ARC_TRY(py_unpack2(run.ctx, e, i, j));
    } else {
      ARC_TRY(unpack3(run.ctx, e, i, j, c));
    }
    ARC_TRY(put(run, canvas, i, j, c, under ? &background : nullptr));
  }
  return grids::tuple_rows(run.ctx, canvas.rows, canvas.count, out);
}

}  // namespace

Status fill(Run& run, const Value* a, Value& out) {
  return draw(run, a[0], &a[1], a[2], false, out);
}
Status underfill(Run& run, const Value* a, Value& out) {
  return draw(run, a[0], &a[1], a[2], true, out);
}
Status paint(Run& run, const Value* a, Value& out) {
  return draw(run, a[0], nullptr, a[1], false, out);
}
Status underpaint(Run& run, const Value* a, Value& out) {
  return draw(run, a[0], nullptr, a[1], true, out);
}

Status cover(Run& run, const Value* a, Value& out) {
  Value color;
  Value indices;
  ARC_TRY(inner(run, Fn::mostcolor_t, color, a[0]));
  ARC_TRY(inner(run, Fn::toindices, indices, a[1]));
  return inner(run, Fn::fill, out, a[0], color, indices);
}

Status move(Run& run, const Value* a, Value& out) {
  Value covered;
  Value moved;
  ARC_TRY(inner(run, Fn::cover, covered, a[0], a[1]));
  ARC_TRY(inner(run, Fn::shift, moved, a[1], a[2]));
  return inner(run, Fn::paint, out, covered, moved);
}

}  // namespace arcbatch::tok::kernels
