"""arcbatch show."""

from _harness import arcbatch, check, main, task, write


def test_plain_picture_of_a_grid(folder):
    path = write(folder, "g.json", [[0, 1, 2], [3, 4, 5]])
    for arguments in (["--plain"], []):
        done = arcbatch("show", path, *arguments)
        check(done.code == 0 and done.out == "0 1 2\n3 4 5\n", done)


def test_pairs_stand_side_by_side(folder):
    path = write(folder, "t.json", task([([[1, 2]], [[2, 1]])], [([[3]], None)]))
    done = arcbatch("show", path, "--plain")
    check(done.code == 0 and done.out.startswith("task t\n"), done)
    check("1 2  ->  2 1" in done.out, done)
    check("3  ->  ?" in done.out, done)


def test_a_built_in_example_by_its_id(_):
    done = arcbatch("show", "a1000001", "--plain")
    check(done.code == 0 and done.out.startswith("task a1000001\n"), done)


def test_an_id_among_given_tasks(folder):
    write(folder, "one.json", task([([[1]], [[2]])], [([[3]], [[4]])]))
    write(folder, "two.json", task([([[5]], [[6]])], [([[7]], [[8]])]))
    done = arcbatch("show", "two", "--tasks", folder)
    check(done.code == 0 and "5  ->  6" in done.out and "1  ->  2" not in done.out, done)
    done = arcbatch("show", "three", "--tasks", folder)
    check(done.code == 1 and "three" in done.err, done)


def test_what_does_not_exist(_):
    done = arcbatch("show", "nothing-of-this-name")
    check(done.code == 1 and "nothing-of-this-name" in done.err and not done.out, done)


def test_bad_files_are_named_with_the_position(folder):
    bad = {"broken.json": '{"train": [', "ragged.json": "[[1, 2], [3]]",
           "high.json": [[0]] * 31, "wide.json": [[0] * 31], "colour.json": [[10]],
           "text.json": [["1"]]}
    for name, content in bad.items():
        done = arcbatch("show", write(folder, name, content))
        check(done.code == 1 and not done.out, (name, done))
        check(f"{name}:1:" in done.err, (name, done))


if __name__ == "__main__":
    main(globals())
