// The name table: open addressing over string views, seeded once with the fixed names.
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

template <class Word>
u64 load(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

u32 hash_of(std::string_view name) {
  constexpr u64 kMultiplier = 0x9e3779b97f4a7c15u;
  const std::size_t size = name.size();
  const char* const p = name.data();
  u64 h = size * kMultiplier;
  u64 tail = 0;
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      h = (h ^ load<u64>(p + i)) * kMultiplier;
      h ^= h >> 32;
    }
    tail = load<u64>(p + size - 8);
  } else if (size >= 4) {
    tail = load<u32>(p) << 32 | load<u32>(p + size - 4);
  } else if (size > 0) {
    tail = load<u8>(p) << 16 | load<u8>(p + size / 2) << 8 | load<u8>(p + size - 1);
  }
  h = (h ^ tail) * kMultiplier;
  return static_cast<u32>(h >> 32);
}

}  // namespace

NameTable::NameTable(Empty) : slots_(2048) {
  for (const std::string_view name : kKeywords) intern(name);
  for (u32 i = 0; i < kPrimCount; ++i) intern(prim_info(static_cast<Prim>(i)).name);
  for (const DialectConstant& constant : kConstants) intern(constant.name);
  for (const std::string_view name : kForeign) intern(name);
  first_source_name_ = size();
}

const NameTable& NameTable::base() {
  static const NameTable* const table = new NameTable(Empty{});  // lives as long as the process
  return *table;
}

NameTable::NameTable() : NameTable(base()) {}

u32 NameTable::intern(std::string_view name) {
  const u32 hash = hash_of(name);
  std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i] != 0) {
    const u32 found = slots_[i] - 1;
    if (hashes_[found] == hash && texts_[found] == name) return found;
    i = (i + 1) & mask;
  }
  if (texts_.size() * 2 >= slots_.size()) {
    grow();
    mask = slots_.size() - 1;
    i = hash & mask;
    while (slots_[i] != 0) i = (i + 1) & mask;
  }
  texts_.push_back(name);
  hashes_.push_back(hash);
  slots_[i] = size();
  return size() - 1;
}

void NameTable::grow() {
  std::vector<u32> slots(slots_.size() * 2);
  const std::size_t mask = slots.size() - 1;
  for (u32 name = 0; name < size(); ++name) {
    std::size_t i = hashes_[name] & mask;
    while (slots[i] != 0) i = (i + 1) & mask;
    slots[i] = name + 1;
  }
  slots_ = std::move(slots);
}

}  // namespace arcbatch
