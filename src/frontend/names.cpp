// The name table: open addressing by keys that are most names themselves, in two layers: the fixed
// names, made once, and those of one source.
#include "frontend/names.h"

#include <cstring>

namespace arcbatch {

namespace {

constexpr std::string_view kKeywords[kKeywordCount] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

// What arc_types exports and what Python's builtins module defines (3.11): real names, so
// reading them is no NameError, but values of a kind that the engine doesn't have.
constexpr std::string_view kForeign[] = {"Boolean",
                                         "Integer",
                                         "IntegerTuple",
                                         "Numerical",
                                         "IntegerSet",
                                         "Grid",
                                         "Cell",
                                         "Object",
                                         "Objects",
                                         "Indices",
                                         "IndicesSet",
                                         "Patch",
                                         "Element",
                                         "Piece",
                                         "TupleTuple",
                                         "ContainerContainer",
                                         "List",
                                         "Union",
                                         "Tuple",
                                         "Any",
                                         "Container",
                                         "Callable",
                                         "FrozenSet",
                                         "Iterable",
                                         "ArithmeticError",
                                         "AssertionError",
                                         "AttributeError",
                                         "BaseException",
                                         "BaseExceptionGroup",
                                         "BlockingIOError",
                                         "BrokenPipeError",
                                         "BufferError",
                                         "BytesWarning",
                                         "ChildProcessError",
                                         "ConnectionAbortedError",
                                         "ConnectionError",
                                         "ConnectionRefusedError",
                                         "ConnectionResetError",
                                         "DeprecationWarning",
                                         "EOFError",
                                         "Ellipsis",
                                         "EncodingWarning",
                                         "EnvironmentError",
                                         "Exception",
                                         "ExceptionGroup",
                                         "FileExistsError",
                                         "FileNotFoundError",
                                         "FloatingPointError",
                                         "FutureWarning",
                                         "GeneratorExit",
                                         "IOError",
                                         "ImportError",
                                         "ImportWarning",
                                         "IndentationError",
                                         "IndexError",
                                         "InterruptedError",
                                         "IsADirectoryError",
                                         "KeyError",
                                         "KeyboardInterrupt",
                                         "LookupError",
                                         "MemoryError",
                                         "ModuleNotFoundError",
                                         "NameError",
                                         "NotADirectoryError",
                                         "NotImplemented",
                                         "NotImplementedError",
                                         "OSError",
                                         "OverflowError",
                                         "PendingDeprecationWarning",
                                         "PermissionError",
                                         "ProcessLookupError",
                                         "RecursionError",
                                         "ReferenceError",
                                         "ResourceWarning",
                                         "RuntimeError",
                                         "RuntimeWarning",
                                         "StopAsyncIteration",
                                         "StopIteration",
                                         "SyntaxError",
                                         "SyntaxWarning",
                                         "SystemError",
                                         "SystemExit",
                                         "TabError",
                                         "TimeoutError",
                                         "TypeError",
                                         "UnboundLocalError",
                                         "UnicodeDecodeError",
                                         "UnicodeEncodeError",
                                         "UnicodeError",
                                         "UnicodeTranslateError",
                                         "UnicodeWarning",
                                         "UserWarning",
                                         "ValueError",
                                         "Warning",
                                         "ZeroDivisionError",
                                         "__annotations__",
                                         "__build_class__",
                                         "__builtins__",
                                         "__cached__",
                                         "__debug__",
                                         "__doc__",
                                         "__file__",
                                         "__import__",
                                         "__loader__",
                                         "__name__",
                                         "__package__",
                                         "__spec__",
                                         "abs",
                                         "aiter",
                                         "all",
                                         "anext",
                                         "any",
                                         "ascii",
                                         "bin",
                                         "bool",
                                         "breakpoint",
                                         "bytearray",
                                         "bytes",
                                         "callable",
                                         "chr",
                                         "classmethod",
                                         "compile",
                                         "complex",
                                         "copyright",
                                         "credits",
                                         "delattr",
                                         "dict",
                                         "dir",
                                         "divmod",
                                         "enumerate",
                                         "eval",
                                         "exec",
                                         "exit",
                                         "filter",
                                         "float",
                                         "format",
                                         "frozenset",
                                         "getattr",
                                         "globals",
                                         "hasattr",
                                         "hash",
                                         "help",
                                         "hex",
                                         "id",
                                         "input",
                                         "int",
                                         "isinstance",
                                         "issubclass",
                                         "iter",
                                         "len",
                                         "license",
                                         "list",
                                         "locals",
                                         "map",
                                         "max",
                                         "memoryview",
                                         "min",
                                         "next",
                                         "object",
                                         "oct",
                                         "open",
                                         "ord",
                                         "pow",
                                         "print",
                                         "property",
                                         "quit",
                                         "range",
                                         "repr",
                                         "reversed",
                                         "round",
                                         "set",
                                         "setattr",
                                         "slice",
                                         "sorted",
                                         "staticmethod",
                                         "str",
                                         "sum",
                                         "super",
                                         "tuple",
                                         "type",
                                         "vars",
                                         "zip"};

constexpr u64 kMultiplier = 0x9e3779b97f4a7c15u;
constexpr u64 kLong = u64{1} << 63;  // no ASCII byte has it

std::size_t slot_of(u64 key, std::size_t mask) {
  return static_cast<std::size_t>((key * kMultiplier) >> 32) & mask;
}

}  // namespace

u64 NameTable::key_of(std::string_view name) {
  const std::size_t size = name.size();
  const auto load = [&](std::size_t at) {
    u64 word = 0;
    std::memcpy(&word, name.data() + at, 8);
    return word;
  };
  if (size <= 8) {
    u64 key = 0;
    std::memcpy(&key, name.data(), size);
    return key;
  }
  u64 key = size;
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    key = (key ^ load(at)) * kMultiplier;
    key ^= key >> 32;
  }
  return ((key ^ load(size - 8)) * kMultiplier) | kLong;
}

u32 NameTable::Table::find(std::string_view name, u64 key) const {
  const Slot* const first = slots.data();
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = slot_of(key, mask);; i = (i + 1) & mask) {
    const Slot& slot = first[i];
    if (slot.name == 0) return kAbsent;
    if (slot.key != key) continue;
    if ((key & kLong) == 0 || texts[slot.name - 1] == name) return slot.name - 1;
  }
}

u32 NameTable::Table::add(std::string_view name, u64 key) {
  const auto place = [](std::vector<Slot>& all, const Slot& slot) {
    std::size_t i = slot_of(slot.key, all.size() - 1);
    while (all[i].name != 0) i = (i + 1) & (all.size() - 1);
    all[i] = slot;
  };
  if (texts.size() * 2 >= slots.size()) {
    std::vector<Slot> larger(slots.size() * 4);
    for (const Slot& slot : slots) {
      if (slot.name != 0) place(larger, slot);
    }
    slots = std::move(larger);
  }
  texts.push_back(name);
  place(slots, Slot{key, size()});
  return size() - 1;
}

const NameTable::Table& NameTable::fixed(Dsl dialect) {
  const auto make = [](Dsl of) {
    auto* const made = new Table(1024);  // lives as long as the process
    const auto add = [made](std::string_view name) { made->add(name, key_of(name)); };
    const DialectInfo& info = dialect_info(of);
    for (const std::string_view name : kKeywords) add(name);
    for (u32 i = 0; i < info.function_count; ++i) add(info.functions[i].name);
    for (u32 i = 0; i < info.constant_count; ++i) add(info.constants[i].name);
    for (const std::string_view name : kForeign) add(name);
    return made;
  };
  static const Table* const tables[] = {make(Dsl::arc_dsl), make(Dsl::tokpidjin)};
  return *tables[static_cast<u32>(dialect)];
}

NameTable::NameTable(Dsl dialect)
    : dialect_(dialect),
      first_constant_(kFirstFunctionName + dialect_info(dialect).function_count),
      first_foreign_(first_constant_ + dialect_info(dialect).constant_count),
      fixed_(fixed(dialect)),
      fixed_size_(fixed_.size()),
      own_(64) {}

u32 NameTable::intern(std::string_view name, u64 key) {
  const u32 known = fixed_.find(name, key);
  if (known != kAbsent) return known;
  const u32 own = own_.find(name, key);
  return fixed_size_ + (own != kAbsent ? own : own_.add(name, key));
}

}  // namespace arcbatch
