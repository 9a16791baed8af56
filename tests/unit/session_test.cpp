// Sessions: values that are held keep their meaning, order and identity through collections.
#include "backend/cpu/session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "values/lazy.h"
#include "values/pending.h"
#include "values/print.h"

namespace arcbatch {
namespace {

constexpr KernelPath kPaths[] = {KernelPath::automatic, KernelPath::generic};

Value call(Session& session, Prim p, std::initializer_list<Value> args) {
  Value out;
  const Status status = session.call(Value::primitive(static_cast<u32>(p)), args.begin(),
                                     static_cast<u32>(args.size()), out);
  EXPECT_EQ(status, Status::ok) << prim_info(p).name << ": " << status_name(status);
  return out;
}

std::string repr(Session& session, const Value& v) {
  std::string text;
  EXPECT_EQ(append_repr(session.ctx(), v, text), Status::ok);
  return text;
}

Value sample_grid(Session& session) {
  Value grid = call(session, Prim::canvas, {Value::integer(0), Value::pair(7, 9)});
  for (i32 k = 0; k < 7; ++k) {
    const Value at = call(session, Prim::initset, {Value::pair(k, (k * k) % 9)});
    grid = call(session, Prim::fill, {grid, Value::integer(k % 3 + 1), at});
  }
  return grid;
}

// Values of every form, most of them with an order that is still deferred.
std::vector<Value> sample_values(Session& session) {
  const Value grid = sample_grid(session);
  const Value yes = Value::boolean(true);
  const Value no = Value::boolean(false);
  const Value objects = call(session, Prim::objects, {grid, yes, yes, yes});
  const Value zeros = call(session, Prim::ofcolor, {grid, Value::integer(0)});
  const Value shifted = call(session, Prim::shift, {zeros, Value::pair(3, -2)});
  const Value shift_by =
      call(session, Prim::lbind, {Value::primitive(static_cast<u32>(Prim::shift)), shifted});
  const Value wide = call(session, Prim::combine,
                          {zeros, call(session, Prim::shift, {zeros, Value::pair(0, 90)})});
  const Value merged = call(session, Prim::mapply,
                            {Value::primitive(static_cast<u32>(Prim::identity)),
                             call(session, Prim::totuple, {objects})});
  return {grid,
          objects,
          zeros,
          shifted,
          wide,
          merged,
          shift_by,
          call(session, Prim::objects, {grid, no, no, yes}),
          call(session, Prim::asobject, {grid}),
          call(session, Prim::astuple, {objects, objects}),
          call(session, Prim::initset, {call(session, Prim::astuple, {objects, grid})}),
          call(session, Prim::product, {zeros, Value::pair(1, 2)}),
          call(session, Prim::initset, {shift_by}),
          call(session, Prim::astuple, {shift_by, Value::none()}),
          call(session, Prim::remove, {Value::integer(1), Value::pair(1, 1)}),
          call(session, Prim::palette, {grid})};
}

TEST(Session, HeldValuesSurviveCollections) {
  for (const KernelPath path : kPaths) {
    RunOptions options;
    options.path = path;
    Session session(options);
    const std::vector<Value> values = sample_values(session);
    std::vector<std::string> expected;
    for (const Value& v : sample_values(session)) {
      Value listed = v;
      if (is_pending(listed)) {
        ASSERT_EQ(list_pending(session.ctx(), listed), Status::ok);
      }
      expected.push_back(repr(session, listed));
    }
    std::vector<HeldValue> held(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      held[k].value = values[k];
      session.hold(held[k]);
    }
    for (int round = 0; round < 3; ++round) {
      session.collect();
      for (std::size_t k = 0; k < held.size(); ++k) {
        ASSERT_EQ(repr(session, held[k].value), expected[k])
            << "round " << round << ", value " << k;
        i64 hash = 0;
        EXPECT_EQ(hash_value(session.ctx(), held[k].value, hash), Status::ok);
      }
    }
    // Sets that were moved serve as arguments as before.
    const Value moved = call(session, Prim::shift, {held[3].value, Value::pair(-3, 2)});
    bool same = false;
    ASSERT_EQ(equal(session.ctx(), moved, held[2].value, same), Status::ok);
    EXPECT_TRUE(same);
    for (HeldValue& h : held) Session::release(h);
  }
}

TEST(Session, FunctionsStayOneObject) {
  Session session(RunOptions{});
  const Value f = call(session, Prim::compose,
                       {Value::primitive(static_cast<u32>(Prim::size)),
                        Value::primitive(static_cast<u32>(Prim::first))});
  HeldValue function{f};
  HeldValue both{call(session, Prim::astuple, {f, f})};
  HeldValue set{call(session, Prim::initset, {f})};
  for (HeldValue* h : {&function, &both, &set}) session.hold(*h);
  session.collect();
  EXPECT_EQ(call(session, Prim::first, {both.value}).closure, function.value.closure);
  EXPECT_EQ(call(session, Prim::last, {both.value}).closure, function.value.closure);
  const Value in = call(session, Prim::contained, {function.value, set.value});
  EXPECT_EQ(in.i, 1);
  for (HeldValue* h : {&function, &both, &set}) Session::release(*h);
}

TEST(Session, MemoryStaysFlat) {
  Session session(RunOptions{});
  HeldValue grid{sample_grid(session)};
  session.hold(grid);
  u64 bytes = 0;
  for (int k = 0; k < 100000; ++k) {
    if (session.collection_is_due()) session.collect();
    grid.value = call(session, Prim::rot90, {grid.value});
    if (k == 50000) bytes = session.held_bytes();
  }
  EXPECT_EQ(session.held_bytes(), bytes);
  EXPECT_LE(bytes, u64{16} << 20);
  Session::release(grid);
}

TEST(Session, WithoutMemoryForCopiesEverythingStays) {
  RunOptions options;
  options.arena_bytes = u64{1} << 20;
  Session session(options);
  // As bit rows they are small; the tables that a copy has would not fit.
  std::vector<HeldValue> held(40);
  for (HeldValue& h : held) {
    const Value grid = call(session, Prim::canvas, {Value::integer(3), Value::pair(40, 40)});
    h.value = call(session, Prim::ofcolor, {grid, Value::integer(3)});
    session.hold(h);
  }
  std::vector<Value> before;
  for (const HeldValue& h : held) before.push_back(h.value);
  session.collect();
  for (std::size_t k = 0; k < held.size(); ++k) {
    EXPECT_TRUE(held[k].value.same_bits(before[k]));
    EXPECT_EQ(call(session, Prim::size, {held[k].value}).i, 1600);
  }
  for (HeldValue& h : held) Session::release(h);
}

}  // namespace
}  // namespace arcbatch
