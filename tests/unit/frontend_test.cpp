// The front end: what source becomes, which diagnostics it gets, and that no text harms it.
#include "frontend/frontend.h"

#include <gtest/gtest.h>

#include <string>

#include "frontend/diagnostics.h"
#include "primitives/registry.h"

namespace arcbatch {
namespace {

CompileResult compile(const std::string& source) { return compile_source(source, "test.py"); }

std::string operand_text(const Program& program, Operand operand) {
  switch (operand.kind()) {
    case OperandKind::reg: return "r" + std::to_string(operand.index());
    case OperandKind::primitive:
      return std::string(prim_info(static_cast<Prim>(operand.index())).name);
    case OperandKind::function: return "@" + program.functions[operand.index()].name;
    case OperandKind::constant: break;
  }
  const Constant& constant = program.constants[operand.index()];
  switch (constant.kind) {
    case Constant::Kind::none: return "None";
    case Constant::Kind::boolean: return constant.integer != 0 ? "True" : "False";
    case Constant::Kind::integer: return std::to_string(constant.integer);
    case Constant::Kind::tuple: {
      std::string out = "(";
      for (const u32 child : constant.children) {
        out += operand_text(program, Operand::make(OperandKind::constant, child)) + ",";
      }
      return out + ")";
    }
    case Constant::Kind::text: return "'" + program.texts[static_cast<u64>(constant.integer)] + "'";
  }
  return "?";
}

// The instructions of a function, one a line: "call r1 = first r0".
std::string code_text(const Program& program, const Function& function) {
  static const char* const kNames[] = {"move",    "call", "tuple", "subscript", "unpack",
                                       "lambda",  "ret",  "raise", "refuse",    "try_push",
                                       "try_pop", "jump", "list",  "append"};
  std::string out;
  for (const Instr& instr : function.code) {
    out += kNames[static_cast<std::size_t>(instr.op)];
    switch (instr.op) {
      case Opcode::move:
      case Opcode::call:
      case Opcode::tuple:
      case Opcode::subscript:
      case Opcode::unpack:
      case Opcode::make_lambda:
      case Opcode::list: out += " r" + std::to_string(instr.dst) + " ="; break;
      case Opcode::raise: out += std::string(" ") + status_name(instr.status); break;
      case Opcode::refuse:
        out += " " + program.reasons[static_cast<std::size_t>(instr.immediate)];
        break;
      default: break;
    }
    for (u32 i = 0; i < instr.operand_count; ++i) {
      out += " " + operand_text(program, function.operands[instr.first_operand + i]);
    }
    if (instr.op == Opcode::subscript || instr.op == Opcode::unpack || instr.op == Opcode::jump ||
        instr.op == Opcode::try_push) {
      out += " #" + std::to_string(instr.immediate);
    }
    if (instr.keyword_set != 0) {
      for (const std::string& name : program.keyword_sets[instr.keyword_set - 1])
        out += " " + name + "=";
    }
    out += "\n";
  }
  return out;
}

// The code of the last def of the source.
std::string code_of(const std::string& source) {
  const CompileResult result = compile(source);
  if (!result.ok) return format_diagnostic(result.errors.at(0));
  return code_text(result.program, result.program.functions[result.program.defs.back()]);
}

// The code of `def f(I):` with these lines.
std::string body(const std::string& lines) {
  std::string source = "def f(I):\n    ";
  for (const char c : lines) {
    source += c;
    if (c == '\n') source += "    ";
  }
  return code_of(source + "\n");
}

// "line:column message" of the first error.
std::string error_of(const std::string& source) {
  const CompileResult result = compile(source);
  if (result.ok) return "compiles";
  const Diagnostic& error = result.errors.at(0);
  return std::to_string(error.line) + ":" + std::to_string(error.column) + " " + error.message;
}

std::string warning_of(const std::string& source) {
  const CompileResult result = compile(source);
  if (!result.ok) return "error: " + result.errors.at(0).message;
  if (result.program.warnings.empty()) return "";
  return result.program.warnings[0].message;
}

TEST(Registry, FindsNamesAndConstants) {
  EXPECT_EQ(kPrimCount, 160u);
  for (u32 i = 0; i < kPrimCount; ++i) {
    EXPECT_EQ(find_primitive(prim_info(static_cast<Prim>(i)).name), static_cast<int>(i));
  }
  EXPECT_EQ(prim_info(Prim::double_).name, "double");
  EXPECT_EQ(find_primitive("double_"), -1);
  EXPECT_EQ(find_primitive(""), -1);
  const int pair = find_constant("DOWN_LEFT");
  ASSERT_GE(pair, 0);
  EXPECT_EQ(kConstants[pair].a, 1);
  EXPECT_EQ(kConstants[pair].b, -1);
  EXPECT_EQ(find_constant("ELEVEN"), -1);
}

TEST(Frontend, CompilesStraightLineCode) {
  EXPECT_EQ(body("x1 = objects(I, T, F, T)\nx2 = argmax(x1, size)\nreturn x2"),
            "call r1 = objects r0 True False True\n"
            "call r2 = argmax r1 size\n"
            "ret r2\n");
}

TEST(Frontend, NestsCallsInTemporariesThatStatementsShare) {
  const CompileResult result = compile(
      "def f(I):\n  x = add(first(I), last(I))\n  y = add(first(x), last(x))\n  return y\n");
  ASSERT_TRUE(result.ok);
  EXPECT_EQ(code_text(result.program, result.program.functions[0]),
            "call r3 = first r0\ncall r4 = last r0\ncall r1 = add r3 r4\n"
            "call r3 = first r1\ncall r4 = last r1\ncall r2 = add r3 r4\nret r2\n");
  EXPECT_EQ(result.program.functions[0].register_count, 5u);
}

TEST(Frontend, PoolsLiterals) {
  const CompileResult result = compile(
      "def f(I):\n  x = (1, (ZERO, None), ())\n  y = (1, (0, None), ())\n  return 1, True, 0x1\n");
  ASSERT_TRUE(result.ok);
  const Function& f = result.program.functions[0];
  EXPECT_EQ(f.operands[f.code[0].first_operand].bits, f.operands[f.code[1].first_operand].bits);
  EXPECT_EQ(code_text(result.program, f),
            "move r1 = (1,(0,None,),(),)\nmove r2 = (1,(0,None,),(),)\nret (1,True,1,)\n");
}

TEST(Frontend, ReadsIntegers) {
  EXPECT_EQ(body("return 0x_ff, 0b10, 0o17, 1_000, -9223372036854775808, --3, 00"),
            "ret (255,2,15,1000,-9223372036854775808,3,0,)\n");
  EXPECT_EQ(body("return first(9223372036854775808)"),
            "refuse the integer literal '9223372036854775808' is beyond 64 bits\nret None\n");
  EXPECT_EQ(error_of("x = 012\n"), "1:5 leading zeros in a decimal integer are not permitted");
  EXPECT_EQ(error_of("x = 1__0\n"), "1:7 expected a digit after '_' in a number");
  EXPECT_EQ(error_of("x = 0xg\n"), "1:7 expected a digit in the integer literal '0x'");
  EXPECT_EQ(error_of("x = 3a\n"), "1:6 expected the number to end before 'a'");
}

TEST(Frontend, NotesStatementsAndTargets) {
  const CompileResult result = compile(
      "def f(I):\n"
      "    \"\"\"doc\n    string\"\"\"\n"
      "    x4   =  fill(I,  # grid\n"
      "        ONE, \\\n        first( I ))\n"
      "    a, b = x4; return a\n");
  ASSERT_TRUE(result.ok);
  const Function& f = result.program.functions[0];
  ASSERT_EQ(f.statements.size(), 3u);
  EXPECT_EQ(f.statements[0].text, "x4 = fill(I, ONE, first( I ))");
  EXPECT_EQ(f.statements[0].line, 4u);
  EXPECT_EQ(f.statements[0].column, 5u);
  EXPECT_EQ(f.statements[0].last_instr, 2u);
  ASSERT_EQ(f.statements[0].target_count, 1u);
  EXPECT_EQ(f.targets[f.statements[0].first_target].name, "x4");
  EXPECT_EQ(f.targets[f.statements[0].first_target].reg, 1u);
  EXPECT_EQ(f.statements[1].text, "a, b = x4");
  ASSERT_EQ(f.statements[1].target_count, 2u);
  EXPECT_EQ(f.targets[f.statements[1].first_target + 1].name, "b");
  EXPECT_EQ(f.statements[2].text, "return a");
  EXPECT_EQ(f.statements[2].column, 16u);
}

TEST(Frontend, FunctionsAlwaysReturn) {
  EXPECT_EQ(code_of("def f(): pass"), "ret None\n");
  EXPECT_EQ(body("x = I"), "move r1 = r0\nret None\n");
  EXPECT_EQ(body("return"), "ret None\n");
  EXPECT_EQ(code_of("def f(I): return I"), "ret r0\n");
  EXPECT_EQ(body("return nothing"), "raise NameError\nret None\n");
}

TEST(Frontend, UnpacksAndAssignsInOrder) {
  EXPECT_EQ(body("a, b = I"), "unpack r1 = r0 #2\nret None\n");
  EXPECT_EQ(body("(a,) = I"), "unpack r1 = r0 #1\nret None\n");
  EXPECT_EQ(body("a = b = I\nb, a = a, b"),
            "move r3 = r0\nmove r1 = r3\nmove r2 = r3\n"
            "tuple r3 = r1 r2\nunpack r4 = r3 #2\nmove r2 = r4\nmove r1 = r5\nret None\n");
  EXPECT_EQ(body("x: Grid = I\ny: int\nreturn y"), "move r1 = r0\nret r2\n");
}

TEST(Frontend, BindsNamesAsPythonDoes) {
  // A local for the whole function, even before its assignment and with a primitive's name.
  EXPECT_EQ(body("first = first(I)\nreturn first"), "call r1 = r1 r0\nret r1\n");
  // Later defs, the last of a name, and a def that shadows a primitive.
  EXPECT_EQ(code_of("def g(x): return g(first(h(x)))\ndef first(x): return x\ndef h(x): return x\n"
                    "def f(I): return g(first(I))\n"),
            "call r1 = @first r0\ncall r2 = @g r1\nret r2\n");
  EXPECT_EQ(code_of("K = (ONE, 2)\nONE = 7\nalias = last\ndef f(I): return alias(K, ONE)\n"),
            "call r1 = last (1,2,) 7\nret r1\n");
  // A star import binds the names again.
  EXPECT_EQ(code_of("ONE = 7\nfrom constants import *\ndef f(I): return ONE\n"), "ret 1\n");
  EXPECT_EQ(code_of("def f(x, y=TWO, z=(1, T)): return f(x)\n"), "call r3 = @f r0\nret r3\n");
}

TEST(Frontend, FindsTheLastDef) {
  const CompileResult result = compile("def f(): return 1\ndef g(): pass\ndef f(): return 2\n");
  ASSERT_TRUE(result.ok);
  EXPECT_EQ(result.program.find("f"), 2);
  EXPECT_EQ(result.program.find("g"), 1);
  EXPECT_EQ(result.program.find("h"), -1);
  EXPECT_EQ(result.program.defs.size(), 3u);
}

TEST(Frontend, RaisesUnknownNamesAtTheirPoint) {
  EXPECT_EQ(body("x = nothing(first(I))"), "raise NameError\nret None\n");
  EXPECT_EQ(body("x = add(first(I), nothing)\nreturn x"),
            "call r2 = first r0\nraise NameError\nret r1\n");
  EXPECT_EQ(body("x = len(I)"),
            "refuse Python's 'len' is outside the supported subset\nret None\n");
  EXPECT_EQ(body("x = first(Grid)"),
            "refuse the type 'Grid' as a value is outside the supported subset\nret None\n");
  EXPECT_EQ(code_of("import math\ndef f(I): return first(math)"),
            "refuse 'math' is imported from outside the dialect\nret None\n");
}

TEST(Frontend, SuggestsNames) {
  EXPECT_EQ(warning_of("def f(I): return fil(I)"),
            "unknown name 'fil'; did you mean 'fill'? (NameError)");
  EXPECT_EQ(warning_of("def f(I): return TREE"),
            "unknown name 'TREE'; did you mean 'THREE'? (NameError)");
  EXPECT_EQ(warning_of("def f(grid): return gird"),
            "unknown name 'gird'; did you mean 'grid'? (NameError)");
  EXPECT_EQ(warning_of("def helper_one(I): return I\ndef f(I): return helper_on(I)"),
            "unknown name 'helper_on'; did you mean 'helper_one'? (NameError)");
  EXPECT_EQ(warning_of("def f(I): return zzzzzz"), "unknown name 'zzzzzz' (NameError)");
}

TEST(Frontend, ReadsUnsetVariablesInOrder) {
  // x may be unset, and Python would find out before it calls first.
  EXPECT_EQ(body("x = add(x, first(I))"),
            "move r2 = r1\ncall r3 = first r0\ncall r1 = add r2 r3\nret None\n");
  EXPECT_EQ(body("x = add(x, nothing)"), "move r2 = r1\nraise NameError\nret None\n");
  EXPECT_EQ(body("x = add(x, ONE)"), "call r1 = add r1 1\nret None\n");
  EXPECT_EQ(body("x = I\nx = add(x, first(I))"),
            "move r1 = r0\ncall r2 = first r0\ncall r1 = add r1 r2\nret None\n");
  EXPECT_EQ(body("x\nx = I\nx"), "move r2 = r1\nmove r1 = r0\nret None\n");
}

TEST(Frontend, BindsKeywords) {
  EXPECT_EQ(body("return fill(patch=I, value=first(I), grid=ONE)"),
            "call r1 = first r0\ncall r2 = fill 1 r1 r0\nret r2\n");
  EXPECT_EQ(code_of("def g(a, b=ONE, c=TWO, d=3): return a\ndef f(I): return g(c=5, a=I)"),
            "call r1 = @g r0 1 5\nret r1\n");
  EXPECT_EQ(body("return I(1, x=2)"), "call r1 = r0 1 2 x=\nret r1\n");
  EXPECT_EQ(body("return first(first(I), list=3)"),
            "call r1 = first r0\nraise TypeError\nret None\n");
  EXPECT_EQ(warning_of("def f(I): return first(list=3)"),
            "first() has no parameter 'list' (TypeError)");
  EXPECT_EQ(warning_of("def f(I): return add(1, a=3)"),
            "add() gets two values for parameter 'a' (TypeError)");
  EXPECT_EQ(warning_of("def f(I): return add(b=3)"),
            "add() gets no value for parameter 'a' (TypeError)");
  EXPECT_EQ(error_of("def f(I): return add(a=1, I)"),
            "1:27 a positional argument follows a keyword argument");
  EXPECT_EQ(error_of("def f(I): return add(a=1, a=I)"), "1:27 keyword argument repeated: 'a'");
}

TEST(Frontend, WarnsOfWrongArity) {
  EXPECT_EQ(body("return first(I, I)"), "call r1 = first r0 r0\nret r1\n");
  EXPECT_EQ(warning_of("def f(I): return first(I, I)"),
            "first(container) takes 1 argument, 2 are given (TypeError)");
  EXPECT_EQ(warning_of("def g(a, b=1): return a\ndef f(I): return g()"),
            "g(a, b) takes 1 to 2 arguments, 0 are given (TypeError)");
}

TEST(Frontend, Subscripts) {
  EXPECT_EQ(body("return I[0][-1][T]"),
            "subscript r1 = r0 #0\nsubscript r2 = r1 #-1\nsubscript r3 = r2 #1\nret r3\n");
  EXPECT_EQ(error_of("def f(I): return I[I]"),
            "1:20 a subscript other than a constant integer is outside the supported subset");
  EXPECT_EQ(error_of("def f(I): return I[1:2]"), "1:19 a slice is outside the supported subset");
}

TEST(Frontend, Lists) {
  EXPECT_EQ(body("o = []\no.append((ONE, first(I)))\nreturn o"),
            "list r1 =\ncall r2 = first r0\ntuple r3 = 1 r2\nappend r1 r3\nret r1\n");
  EXPECT_EQ(body("I.append(ONE)"), "append r0 1\nret None\n");
  EXPECT_EQ(body("I.append(first(I))"),
            "refuse '.append' on what may not be a list made by '[]'\nret None\n");
  EXPECT_EQ(error_of("def f(I): I.add(1)"),
            "1:12 the attribute '.add' is outside the supported subset");
}

TEST(Frontend, Lambdas) {
  const CompileResult result =
      compile("def f(I):\n  x = first(I)\n  return lambda a, b=ONE: lambda: add(x, a)\n");
  ASSERT_TRUE(result.ok);
  const Program& program = result.program;
  ASSERT_EQ(program.functions.size(), 3u);
  EXPECT_EQ(code_text(program, program.functions[0]),
            "call r1 = first r0\nlambda r2 = r1\nret r2\n");
  const Function& outer =
      program.functions[static_cast<std::size_t>(program.functions[0].code[1].immediate)];
  EXPECT_EQ(outer.name, "<lambda>");
  EXPECT_EQ(outer.required, 1u);
  EXPECT_EQ(outer.capture_count, 1u);
  EXPECT_EQ(outer.register_count, 4u);
  EXPECT_EQ(code_text(program, outer), "lambda r3 = r2 r0\nret r3\n");
  EXPECT_EQ(outer.statements[0].text, "return lambda a, b=ONE: lambda: add(x, a)");
  const Function& inner = program.functions[static_cast<std::size_t>(outer.code[0].immediate)];
  EXPECT_EQ(inner.capture_count, 2u);
  EXPECT_EQ(code_text(program, inner), "call r2 = add r0 r1\nret r2\n");
  EXPECT_EQ(error_of("def f(I):\n  g = lambda: g()\n"),
            "2:15 a lambda that uses 'g', which is not certainly assigned before it, is outside "
            "the supported subset");
  EXPECT_EQ(error_of("def f(I):\n  x = 1\n  g = lambda: x\n  x = 2\n"),
            "3:15 a lambda that uses 'x', which is assigned more than once, is outside the "
            "supported subset");
}

TEST(Frontend, Tries) {
  EXPECT_EQ(body("try:\n    t = first(I)\nexcept (TypeError, KeyError):\n    t = ONE\n"
                 "return add(t, first(t))"),
            "try_push #4\ncall r1 = first r0\ntry_pop\njump #5\nmove r1 = 1\n"
            "call r2 = first r1\ncall r3 = add r1 r2\nret r3\n");
  const CompileResult result = compile(
      "def f(I):\n  try: return I\n  except LookupError: pass\n  except ValueError: pass\n"
      "  except: return ONE\n");
  ASSERT_TRUE(result.ok);
  const Function& f = result.program.functions[0];
  EXPECT_EQ(code_text(result.program, f),
            "try_push #9\ntry_push #7\ntry_push #4\nret r0\ntry_pop\ntry_pop\njump #10\ntry_pop\n"
            "jump #10\nret 1\nret None\n");
  const auto bit = [](Status s) { return u64{1} << static_cast<u32>(s); };
  EXPECT_EQ(f.code[2].mask, bit(Status::index_error) | bit(Status::key_error));
  EXPECT_EQ(f.code[1].mask, bit(Status::value_error));
  EXPECT_NE(f.code[0].mask & bit(Status::unbound_local_error), 0u);
  // What only one way sets may be unset afterwards.
  EXPECT_EQ(body("try: t = first(I)\nexcept: pass\nreturn add(t, first(t))"),
            "try_push #4\ncall r1 = first r0\ntry_pop\njump #4\nmove r2 = r1\ncall r3 = first r1\n"
            "call r4 = add r2 r3\nret r4\n");
  EXPECT_EQ(error_of("def f(I):\n  try: pass\n  except first: pass\n"),
            "3:10 'first' in an 'except' clause is not an exception class of Python");
}

TEST(Frontend, RefusesByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"for x in I: pass", "2:3 the 'for' statement"},
      {"while I: pass", "2:3 the 'while' statement"},
      {"if I: pass\n  elif x: pass\n  else:\n    pass", "2:3 the 'if' statement"},
      {"class A: pass", "2:3 the 'class' statement"},
      {"with I: pass", "2:3 the 'with' statement"},
      {"async def g(): pass", "2:3 the 'async' statement"},
      {"def g(): pass", "2:3 a 'def' inside a function"},
      {"global x", "2:3 the 'global' statement"},
      {"import x", "2:3 an import inside a function"},
      {"match I:\n    case 1: pass", "2:3 the 'match' statement"},
      {"raise I", "2:3 the 'raise' statement"},
      {"x += 1", "2:5 the '+=' operator"},
      {"x = I + 1", "2:9 the '+' operator"},
      {"x = I - 1", "2:9 the binary '-' operator"},
      {"x = I == 1", "2:9 the '==' operator"},
      {"x = I not in I", "2:9 the 'not' operator"},
      {"x = not I", "2:7 the 'not' operator"},
      {"x = -I", "2:7 the unary '-' operator on anything but an integer literal"},
      {"x = 1 if I else 2", "2:9 a conditional expression ('if' ... 'else')"},
      {"x = [i for i in I]", "2:7 a list display other than '[]'"},
      {"x = f(i for i in I)", "2:11 a comprehension or generator expression"},
      {"x = {1, 2}", "2:7 a set or dict display"},
      {"x = f(*I)", "2:9 a starred argument"},
      {"x = f(y := 1)", "2:11 an assignment expression (':=')"},
      {"x = 'text'", "2:7 a string literal in an expression"},
      {"x = f'{I}'", "2:7 an f-string"},
      {"x = 1.5", "2:7 a float or complex literal"},
      {"x = I.shape", "2:8 the attribute '.shape'"},
      {"x = yield I", "2:7 the 'yield' expression"},
      {"*a, b = I", "2:3 a starred expression"},
      {"(a, b), c = I", "2:3 nested unpacking"},
      {"x[0] = I", "2:4 assignment to a subscript"},
      {"try: pass\n  finally: pass", "3:3 the 'finally' clause"},
      {"try: pass\n  except E as e: pass", "3:12 the 'as' of an 'except' clause"},
  };
  for (const auto& [statement, expected] : cases) {
    const std::string source = std::string("def f(I):\n  ") + statement + "\n  return I\n";
    const CompileResult result = compile(source);
    EXPECT_EQ(error_of(source), std::string(expected) + " is outside the supported subset");
    EXPECT_EQ(result.errors.size(), 1u) << statement;
  }
  EXPECT_EQ(error_of("@a\ndef f(I): return I\n"),
            "1:1 a decorator is outside the supported subset");
  EXPECT_EQ(error_of("if __name__ == '__main__':\n  f()\n"),
            "1:1 the 'if' statement is outside the supported subset");
  EXPECT_EQ(error_of("print(1)\n"),
            "1:1 an expression at module level is outside the supported subset");
}

TEST(Frontend, ExplainsSyntaxErrors) {
  const std::pair<const char*, const char*> cases[] = {
      {"def f(I)\n  return I\n",
       "1:9 expected ':' after the parameters, found the end of the line"},
      {"def f(I):\nreturn I\n",
       "2:1 expected an indented block after 'def' on line 1, found 'return'"},
      {"def f(I):\n  x = (1,\n  return\n", "3:3 expected an expression, found 'return'"},
      {"def f(I):\n  x = add(1, 2\n", "2:10 '(' was never closed"},
      {"def f(I):\n  x = add(1, 2]\n", "2:15 ']' does not close the '(' opened on line 2"},
      {"def f(I):\n  x = 1)\n", "2:8 unmatched ')'"},
      {"def f(I):\n  x = 1\n    y = 2\n", "3:5 unexpected indentation"},
      {"def f(I):\n    x = 1\n  y = 2\n", "3:3 the indentation matches no enclosing block"},
      {"def f(I):\n\tx = 1\n        y = 2\n",
       "3:9 inconsistent use of tabs and spaces in the indentation"},
      {"def f(I, I): pass\n", "1:10 duplicate parameter 'I'"},
      {"def f(a=1, b): pass\n", "1:12 a parameter without a default follows one with a default"},
      {"def f(I):\n  1 = x\n", "2:3 cannot assign to a literal"},
      {"def f(I):\n  f(I) = x\n", "2:3 cannot assign to a call"},
      {"def f(I):\n  x y\n", "2:5 expected the end of the statement, found 'y'"},
      {"def f(I):\n  x = $\n", "2:7 unexpected character '$'"},
      {"def f(I):\n  x = 1 \\ 2\n",
       "2:10 expected the end of the line after the line continuation character '\\'"},
      {"def f(I):\n  'abc\n", "2:3 the string is not closed on its line"},
      {"'''abc\n", "1:1 the triple-quoted string is never closed"},
      {"def f(I):\n  try: pass\n",
       "3:1 expected 'except' after the block of 'try' on line 2, "
       "found the end of the block"},
      {"return 1\n", "1:1 'return' outside a function"},
      {"  x = 1\n", "1:3 unexpected indentation"},
  };
  for (const auto& [source, expected] : cases) EXPECT_EQ(error_of(source), expected) << source;
}

TEST(Frontend, FormatsDiagnostics) {
  const CompileResult result = compile("def f(I):\n\tx = \"\xc3\xa9\" % I\n");
  ASSERT_FALSE(result.ok);
  EXPECT_EQ(format_diagnostic(result.errors[0]),
            "test.py:2:6: error: a string literal in an expression is outside the supported "
            "subset\n  \tx = \"\xc3\xa9\" % I\n  \t    ^");
  Diagnostic late;
  late.file = "a";
  late.line = 1;
  late.column = 901;
  late.message = "m";
  late.source_line = std::string(1000, 'x');
  EXPECT_LT(format_diagnostic(late).size(), 400u);
}

TEST(Frontend, AcceptsPythonsLayout) {
  EXPECT_EQ(code_of("\xef\xbb\xbf# bom\r\ndef f(I):\r\n\r\n  # c\r\n  x = I\r\n  return x"),
            "move r1 = r0\nret r1\n");
  EXPECT_EQ(code_of("def f(I):\r  return I\r"), "ret r0\n");
  EXPECT_EQ(code_of("def f(a: Tuple[int, (1, 2)], b: 'x' = ONE) -> a.b[-1] | [None]:\n  return (\n "
                    "a\n# c\n)\n"),
            "ret r0\n");
  EXPECT_EQ(code_of("from a.b import (c as d, e,)\nfrom . import x\nimport p.q as r, s\n"
                    "def f(I): return I\n"),
            "ret r0\n");
  EXPECT_TRUE(compile("").ok);
  EXPECT_TRUE(compile("\n\n# only\n   \n").ok);
  EXPECT_TRUE(compile("'doc'; pass\n").ok);
}

TEST(Frontend, SurvivesHostileText) {
  EXPECT_EQ(error_of(std::string("x = 1\n\0", 7)), "2:1 the file contains a NUL byte");
  EXPECT_EQ(error_of("x = 1\n# \xff\n"), "2:3 the file is not UTF-8 text");
  EXPECT_EQ(error_of("def f(I): return \xc3\xa9"),
            "1:18 a name with non-ASCII characters is outside the supported subset");
  const auto nested = [](const std::string& open, std::size_t count, const std::string& close) {
    std::string source = "def f(I): return ";
    for (std::size_t i = 0; i < count; ++i) source += open;
    source += "I";
    for (std::size_t i = 0; i < count; ++i) source += close;
    return source + "\n";
  };
  EXPECT_TRUE(compile(nested("first(", 199, ")")).ok);
  EXPECT_FALSE(compile(nested("(", 201, ")")).ok);
  EXPECT_FALSE(compile(nested("(", 1000000, ")")).ok);
  EXPECT_FALSE(compile(nested("lambda: ", 100000, "")).ok);
  EXPECT_FALSE(compile(nested("-", 100000, "")).ok);
  EXPECT_FALSE(compile("def f(I): return I" + std::string(200000, ')') + "\n").ok);
  std::string chain = "def f(I): return I";
  for (int i = 0; i < 100000; ++i) chain += "(I)";
  EXPECT_FALSE(compile(chain).ok);
  std::string wide = "def f(I): return first(I";
  for (int i = 0; i < 70000; ++i) wide += ", I";
  EXPECT_EQ(error_of(wide + ")"),
            "1:18 a call with more than 65534 arguments is outside the supported subset");
  std::string deep;
  for (std::size_t i = 0; i < 300; ++i) deep += std::string(i, ' ') + "if x:\n";
  EXPECT_FALSE(compile(deep).ok);
  std::string unknown = "def f(I):\n";
  for (int i = 0; i < 20000; ++i) unknown += "  u" + std::to_string(i) + "\n";
  const CompileResult result = compile(unknown);
  EXPECT_TRUE(result.ok);
  EXPECT_LT(result.program.warnings.size(), 1000u);
}

TEST(Frontend, CutAnywhereIsSafe) {
  const std::string source =
      "\"\"\"doc\"\"\"\nfrom dsl import *\nK = (1, -2)\ndef f(I, a: Grid = ONE) -> Grid:\n"
      "    x, y = fill(I, value=0x1f, patch=lambda q: (q, a)), [] # c\n    y.append(x[-1])\n"
      "    try:\n\tz = 1\n    except (TypeError, E):\n        return \\\n  x\n    return z, y\n";
  for (std::size_t cut = 0; cut <= source.size(); ++cut) {
    compile(source.substr(0, cut));
    compile(source.substr(cut));
    for (const char c : {'(', '\'', '\\', '\n', ':', '\t', '=', '\xff'}) {
      compile(source.substr(0, cut) + c + source.substr(cut));
    }
  }
}

TEST(Diagnostics, EditDistance) {
  EXPECT_EQ(edit_distance("fil", "fill", 5), 1u);
  EXPECT_EQ(edit_distance("flil", "fill", 5), 1u);
  EXPECT_EQ(edit_distance("abc", "xyz", 9), 3u);
  EXPECT_EQ(edit_distance("abc", "xyz", 2), 2u);
  EXPECT_EQ(edit_distance("", "ab", 9), 2u);
}

TEST(Diagnostics, Utf8) {
  EXPECT_EQ(find_invalid_utf8("plain ascii text, long"), 22u);
  EXPECT_EQ(find_invalid_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"), 11u);
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2u);
  EXPECT_EQ(find_invalid_utf8("\xed\xa0\x80"), 0u);  // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xc0\xaf"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("a\xe2\x82"), 1u);     // cut
}

}  // namespace
}  // namespace arcbatch
