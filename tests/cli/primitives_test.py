"""arcbatch primitives."""

from _harness import arcbatch, check, main

FAMILIES = ("arithmetic", "container", "function", "grid", "patch", "object")


def test_names_are_160_distinct_ones(_):
    done = arcbatch("primitives", "--names")
    names = done.out.split("\n")
    check(done.code == 0 and names.pop() == "", done)
    check(len(names) == len(set(names)) == 160, len(names))
    check({"identity", "vperiod", "double", "switch"} <= set(names), names)


def test_table_has_a_row_for_each(_):
    names = arcbatch("primitives", "--names").out.split()
    done = arcbatch("primitives")
    lines = done.out.splitlines()
    check(done.code == 0 and len(lines) == 161, done)
    for name, line in zip(names, lines[1:]):
        columns = line.split()
        check(columns[0] == name, line)
        check(columns[1] in FAMILIES, line)
        check(columns[2] in ("never", "ties", "always"), line)
        check(f"{name}(" in line and ") -> " in line, line)
        check(line.endswith("."), line)


def test_details_of_one(_):
    done = arcbatch("primitives", "fill")
    check(done.code == 0, done)
    check("fill(grid: Grid, value: Integer, patch: Patch) -> Grid" in done.out, done)
    check("never" in done.out and "grid" in done.out, done)


def test_order_dependence(_):
    expected = {"first": "always", "totuple": "always", "papply": "always", "argmax": "ties",
                "mostcolor": "ties", "objects": "ties", "fill": "never", "size": "never"}
    for name, order in expected.items():
        done = arcbatch("primitives", name)
        check(f"order      {order}:" in done.out, done)


def test_constants_are_explained_too(_):
    check(arcbatch("primitives", "UNITY").out == "UNITY = (1, 1)\n")
    check(arcbatch("primitives", "NEG_ONE").out == "NEG_ONE = -1\n")
    check(arcbatch("primitives", "T").out == "T = True\n")


def test_unknown_name_is_a_failure_with_a_suggestion(_):
    done = arcbatch("primitives", "hmiror")
    check(done.code == 1 and not done.out, done)
    check("'hmiror'" in done.err and "did you mean 'hmirror'?" in done.err, done)
    check("did you mean" not in arcbatch("primitives", "zzzzzzzzzzzz").err)


def test_markdown_is_a_table(_):
    done = arcbatch("primitives", "--markdown")
    lines = done.out.splitlines()
    check(done.code == 0 and len(lines) == 162, done)
    check(all(line.startswith("|") and line.endswith("|") for line in lines), done)
    check(len({line.count("|") for line in lines}) == 1, done)


if __name__ == "__main__":
    main(globals())
