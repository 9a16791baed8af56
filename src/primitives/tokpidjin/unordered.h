// tokpidjin on containers whose order is by address: what cannot depend on the order is computed.
#pragma once

#include "primitives/tokpidjin/run.h"

namespace arcbatch::tok {

// The items of a container in Python's order, or in one of ours where that is by address;
// `unordered` says which.
Status open_items(Ctx& ctx, const Value& v, Items& out, bool& unordered);

// type(like)(items), tuple(items) or frozenset(items) of what was made item by item of
// open_items().
Status close_items(Ctx& ctx, bool to_tuple, const Vec<Value>& items, bool unordered, Value& out);

// merge() of a set of these containers, some of an unknown order.
Status merge_parts(Ctx& ctx, const Vec<Value>& parts, Value& out);

// A call of which some argument is unordered. Kernels refuse by themselves to look at an order that
// is unknown.
Status call_unordered(Run& run, Fn fn, Kernel kernel, const Value* args, u32 n, Value& out);

}  // namespace arcbatch::tok
