"""evaluate(): tasks of every form, outcomes, options, and what can go wrong."""

import json
import math
import os
import pathlib
import subprocess
import sys

import pytest
from conftest import MIRROR_TASK, ROOT

import arcbatch

EXAMPLES = pathlib.Path(ROOT) / "examples"


def test_built_in_examples():
    outcomes = arcbatch.evaluate()
    assert outcomes.complete and outcomes.end == "finished"
    assert len(outcomes) == outcomes.planned > 60
    assert all(o.status == "value" and o.match for o in outcomes)
    summary = outcomes.summary()
    assert summary.tasks_solved == summary.tasks_tried == 30
    assert summary.matched == summary.expected == summary.runs == len(outcomes)
    assert "30 of 30 solved" in str(summary)


def test_records(source, mirror_tasks):
    outcomes = arcbatch.evaluate(source, mirror_tasks)
    assert [(o.program, o.split, o.index) for o in outcomes] == [
        ("solve_mirror", "train", 0), ("solve_mirror", "train", 1), ("solve_mirror", "test", 0),
        ("wrong", "train", 0), ("wrong", "train", 1), ("wrong", "test", 0),
    ]  # fmt: skip
    first, unknown, wrong = outcomes[0], outcomes[2], outcomes[3]
    assert first.value == "((3, 4), (1, 2))"
    assert first.grid == ((3, 4), (1, 2)) == first.expected
    assert first.input == ((1, 2), (3, 4))
    assert (first.task, first.match, first.error, first.line) == ("mirror", True, None, None)
    assert first.score is None
    assert first.steps > 0 and first.seconds >= 0
    assert unknown.match is None and unknown.expected is None
    assert unknown.object == ((8,), (7,))
    assert (wrong.status, wrong.error, wrong.line) == ("error", "TypeError", 7)
    assert wrong.statement == "O = first(increment(x1))"
    assert wrong.match is False and wrong.value is None and wrong.grid is None
    assert "TypeError at line 7" in str(wrong)


def test_programs_of_every_form(tmp_path, source, mirror_tasks):
    (tmp_path / "a.py").write_text(source)
    (tmp_path / "b.py").write_text("def h(I):\n    return vmirror(I)\n")
    one = arcbatch.evaluate(source, mirror_tasks)
    assert len(arcbatch.evaluate(tmp_path / "a.py", mirror_tasks)) == len(one)
    folder = arcbatch.evaluate(str(tmp_path), mirror_tasks)
    assert [o.source for o in folder] == [0] * 6 + [1] * 3
    many = arcbatch.evaluate([source, tmp_path, arcbatch.compile(source)], mirror_tasks)
    assert many.column("source") == [0] * 6 + [1] * 6 + [2] * 3 + [3] * 6
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no \.py files"):
        arcbatch.evaluate(tmp_path / "empty", mirror_tasks)


def test_tasks_of_every_form(tmp_path, source):
    numpy = pytest.importorskip("numpy")
    path = tmp_path / "mirror.json"
    path.write_text(json.dumps(MIRROR_TASK))
    arrays = {
        split: [{k: numpy.array(g) for k, g in pair.items()} for pair in MIRROR_TASK[split]]
        for split in MIRROR_TASK
    }
    tuples = {
        split: [{k: tuple(map(tuple, g)) for k, g in pair.items()} for pair in MIRROR_TASK[split]]
        for split in MIRROR_TASK
    }
    forms = [
        path,
        str(path),
        tmp_path,
        [path],
        {"mirror": MIRROR_TASK},
        {**MIRROR_TASK, "id": "mirror"},
        [{**arrays, "id": "mirror"}],
        {"mirror": tuples},
        arcbatch.load_tasks(path),
        [arcbatch.load_tasks(path)],
    ]
    expected = [(o.program, o.value, o.error, o.match) for o in arcbatch.evaluate(source, path)]
    assert len(expected) == 6
    for form in forms:
        outcomes = arcbatch.evaluate(source, form)
        assert [(o.program, o.value, o.error, o.match) for o in outcomes] == expected


def test_tasks_object():
    tasks = arcbatch.load_tasks(EXAMPLES / "tasks")
    assert len(tasks) == 30 and tasks.ids == sorted(tasks.ids)
    raw = json.loads((EXAMPLES / "tasks" / f"{tasks.ids[3]}.json").read_text())
    task = tasks[tasks.ids[3]]
    assert task == tasks[3] == list(tasks)[3] == tasks[3:4][0]
    assert task["id"] == tasks.ids[3]
    assert [list(map(list, p["input"])) for p in task["train"]] == [
        p["input"] for p in raw["train"]
    ]
    assert len(arcbatch.load_tasks()) == 30
    with pytest.raises(KeyError):
        tasks["nothing"]
    with pytest.raises(IndexError):
        tasks[30]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"train": [{"input": [[10]]}]}, r"train\[0\], input: row 0, column 0: 10 is not"),
        ({"train": [{"input": [[-1]]}]}, "-1 is not an integer"),
        ({"train": [{"input": [[True]]}]}, "True is not an integer"),
        ({"train": [{"input": [["a"]]}]}, "'a' is not an integer"),
        ({"train": [{"input": [[1 << 70]]}]}, "is not an integer"),
        ({"train": [{"input": [[1.0]]}]}, "1.0 is not an integer"),
        ({"test": [{"input": [[1, 2], [3]]}]}, r"test\[0\], input: row 1 has 1 cells, row 0 has 2"),
        ({"train": [{"input": []}]}, "the grid is empty"),
        ({"train": [{"input": [[]]}]}, "row 0 is empty"),
        ({"train": [{"input": [[1] * 31]}]}, "1x31, more than 30x30"),
        ({"train": [{"input": 5}]}, "of type int"),
        ({"train": [{"input": [5]}]}, "row 0 is of type int"),
        ({"train": [{"input": [[1]], "output": [[11]]}]}, r"train\[0\], output"),
        ({"train": [{"output": [[1]]}]}, "missing 'input'"),
        ({"train": [], "test": []}, "no pairs"),
    ],
)
def test_bad_tasks(task, message):
    with pytest.raises(arcbatch.TaskError, match=message):
        arcbatch.evaluate("def f(I):\n    return I\n", {"bad": task})


def test_bad_task_files(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text('{"train": [\n  {"input": [[1, 12]], "output": [[1]]}], "test": []}')
    with pytest.raises(arcbatch.TaskError) as caught:
        arcbatch.load_tasks(path)
    assert (caught.value.file, caught.value.line) == (str(path), 2)
    assert "12 is not an integer from 0 to 9" in str(caught.value)
    with pytest.raises(arcbatch.TaskError, match="no such file"):
        arcbatch.load_tasks(tmp_path / "nothing.json")
    with pytest.raises(arcbatch.TaskError, match="two tasks have the id '0'"):
        arcbatch.load_tasks([{**MIRROR_TASK, "id": "0"}, {**MIRROR_TASK, "id": "0"}])
    with pytest.raises(TypeError, match="not int"):
        arcbatch.load_tasks([3])


def test_nothing_to_run(source, mirror_tasks):
    with pytest.raises(ValueError, match="none of the 1 functions is named"):
        arcbatch.evaluate("def solve_other(I):\n    return I\n", mirror_tasks)
    with pytest.raises(ValueError, match="no function of one parameter"):
        arcbatch.evaluate("def f(a, b):\n    return a\n", mirror_tasks)
    with pytest.raises(ValueError, match="no task"):
        arcbatch.evaluate("def f(a):\n    return a\n", [])
    outcomes = arcbatch.evaluate([source, "def f(a, b):\n    return a\n"], mirror_tasks)
    assert outcomes.skipped == [("<string>", "f", 1, 2)]
    outcomes = arcbatch.evaluate([source, "def solve_x(a):\n    return a\n"], mirror_tasks)
    assert outcomes.without_task == 1


def test_backends(source, mirror_tasks):
    # The module that there is none of is named as if it were given.
    code = (
        "import arcbatch\n"
        "try:\n    arcbatch.evaluate(backend='cuda')\n"
        "except arcbatch.BackendError as error:\n    print(error)\n"
        "print(arcbatch.evaluate().backend)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True,
        env={**os.environ, "ARCBATCH_CUDA_MODULE": "/nowhere.so"},
    )  # fmt: skip
    refusal, fallback = done.stdout.splitlines()
    assert refusal.startswith("backend 'cuda': the CUDA module cannot be loaded: /nowhere.so")
    assert fallback.startswith("cpu (the CUDA module cannot be loaded: /nowhere.so")
    outcomes = arcbatch.evaluate(source, mirror_tasks, max_seconds=100)
    assert len(outcomes) == 6
    with pytest.raises(ValueError, match="no backend is called 'tpu'"):
        arcbatch.evaluate(source, mirror_tasks, backend="tpu")
    assert len(arcbatch.evaluate(source, mirror_tasks, backend="cpu")) == 6


def test_devices_have_a_limit_of_time(source, mirror_tasks):
    free = arcbatch.evaluate(source, mirror_tasks, backend="emulated")
    timed = arcbatch.evaluate(source, mirror_tasks, backend="emulated", max_seconds=100)
    assert list(timed) == list(free) and timed.backend.runs == len(timed) == 6
    slow = "def f(I):\n    return power(hmirror, 200)(upscale(I, 60))\n"
    late = arcbatch.evaluate(slow, mirror_tasks, backend="emulated", max_seconds=1e-6)
    assert {o.status for o in late} == {"resource"} and late.backend.runs == len(late)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"jobs": 0}, "jobs"),
        ({"jobs": 1.5}, "jobs"),
        ({"time_limit": 0}, "time_limit"),
        ({"max_steps": 0}, "max_steps"),
        ({"max_steps": "many"}, "max_steps"),
        ({"max_bytes": -5}, "max_bytes"),
        ({"max_seconds": -1.0}, "max_seconds"),
    ],
)
def test_bad_options(option, message, source, mirror_tasks):
    with pytest.raises(ValueError, match=message):
        arcbatch.evaluate(source, mirror_tasks, **option)


def test_limits(source, mirror_tasks):
    outcomes = arcbatch.evaluate(source, mirror_tasks, max_steps=1)
    assert {o.status for o in outcomes} == {"limit"}
    assert outcomes[0].reason and outcomes[0].match is False
    assert outcomes.summary().limits[outcomes[0].reason] == 6


def test_bad_programs_are_named(tmp_path, mirror_tasks):
    (tmp_path / "bad.py").write_text("def f(I):\n    return (\n")
    with pytest.raises(arcbatch.ProgramError) as caught:
        arcbatch.evaluate(tmp_path, mirror_tasks)
    assert caught.value.filename == str(tmp_path / "bad.py")


def test_scores(mirror_tasks):
    bodies = {"same": "I", "right": "hmirror(I)", "no_grid": "1"}
    program = "".join(f"def {name}(I):\n    return {body}\n" for name, body in bodies.items())
    outcomes = arcbatch.evaluate(program, mirror_tasks, score=True)
    same, right, none = outcomes[0], outcomes[3], outcomes[6]
    assert same.score == arcbatch.Score(shape=1.0, cells=0.0, palette=1.0)
    assert same.score.total == pytest.approx(2 / 3)
    assert right.score == (1, 1, 1) and right.match
    assert none.score == (0, 0, 0)
    assert outcomes[2].score is None  # the expected output is not known
    # Bools are no colours, but equal them.
    bools = "def f(I):\n    return apply(lbind(apply, positive), I)\n"
    task = {"train": [{"input": [[0, 5]], "output": [[0, 1]]}]}
    outcome = arcbatch.evaluate(bools, task, score=True)[0]
    assert (outcome.value, outcome.match, outcome.score) == ("((False, True),)", True, (1, 1, 1))


def test_sequence(source, mirror_tasks):
    outcomes = arcbatch.evaluate(source, mirror_tasks)
    assert len(outcomes[1:4]) == 3
    assert outcomes[1:4][0] == outcomes[1]
    assert outcomes[-1] == outcomes[5]
    assert list(outcomes[::-1]) == list(outcomes)[::-1]
    assert outcomes[0] in outcomes
    with pytest.raises(IndexError):
        outcomes[6]
    errors = outcomes.where(status="error")
    assert [o.program for o in errors] == ["wrong"] * 3
    assert len(outcomes.where(lambda o: o.index == 1, status="value")) == 1
    assert outcomes.column("program") == [o.program for o in outcomes]
    with pytest.raises(KeyError):
        outcomes.column("nothing")
    assert errors.summary().errors == {"TypeError": 3}
    assert errors.summary().runs == 3


def test_to_numpy(source, mirror_tasks):
    numpy = pytest.importorskip("numpy")
    outcomes = arcbatch.evaluate(source, mirror_tasks, score=True)
    array = outcomes.to_numpy()
    assert array.shape == (6,)
    assert array["program"].tolist() == [o.program for o in outcomes]
    assert array["match"].tolist() == [1, 1, -1, 0, 0, -1]
    assert array["error"].tolist() == ["", "", "", "TypeError", "TypeError", "TypeError"]
    assert array["steps"].tolist() == [o.steps for o in outcomes]
    assert array["score"][0] == 1.0 and math.isnan(array["score"][2])
    grid = outcomes[0].to_numpy()
    assert grid.dtype == numpy.int8 and grid.tolist() == [[3, 4], [1, 2]]
    with pytest.raises(ValueError, match="no grid"):
        outcomes[3].to_numpy()


def test_to_pandas(source, mirror_tasks):
    pandas = pytest.importorskip("pandas")
    frame = arcbatch.evaluate(source, mirror_tasks, score=True).to_pandas()
    assert list(frame["program"].unique()) == ["solve_mirror", "wrong"]
    assert frame["match"].tolist()[:2] == [True, True] and frame["match"].isna().sum() == 2
    assert frame["line"].dropna().tolist() == [7, 7, 7]
    assert frame["score_cells"][0] == 1.0
    assert isinstance(frame, pandas.DataFrame)


def test_to_jsonl(tmp_path, source, mirror_tasks):
    outcomes = arcbatch.evaluate(source, mirror_tasks)
    outcomes.to_jsonl(tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    names = ("program", "file", "task", "split", "index", "status", "match", "value", "error",
             "statement", "line", "reason", "output")  # fmt: skip
    assert lines == [{name: getattr(o, name) for name in names} for o in outcomes]


def test_functions_of_the_training_pairs():
    text = """def pairs(S, I, C):\n    return (S, I, C)\n
def other(I, S):\n    return I\n"""
    task = {"t": {"train": [{"input": [[1], [2]], "output": [[3]]}], "test": [{"input": [[4]]}]}}
    outcomes = arcbatch.evaluate(text, task)
    pairs = ((((1,), (2,)), ((3,),)),)
    assert [o.object for o in outcomes] == [(pairs, ((1,), (2,)), None), (pairs, ((4,),), None)]
    assert [name for _, name, _, _ in outcomes.skipped] == ["other"]


def test_outputs_and_behaviours():
    text = """def turned(I):\n    return vmirror(vmirror(I))\n
def same(I):\n    return I\n
def other(I):\n    return hmirror(I)\n"""
    task = {"t": {"train": [{"input": [[1], [2]], "output": [[1], [2]]}], "test": []}}
    outcomes = arcbatch.evaluate(text, task)
    behaviours = outcomes.behaviours()
    assert behaviours[0, "turned"] == behaviours[0, "same"] != behaviours[0, "other"]
    assert outcomes[0].output == outcomes[1].output and len(outcomes[0].output) == 32
    assert arcbatch.compile(text).call("same", ((1,), (2,))).output == outcomes[0].output


def test_pictures(source, mirror_tasks):
    outcomes = arcbatch.evaluate(source, mirror_tasks)
    page = outcomes._repr_html_()
    assert page.count("<tr>") == 7 and "TypeError at line 7" in page
    picture = outcomes[0]._repr_html_()
    assert picture.count("<svg") == 3
    assert outcomes[3]._repr_html_().count("<svg") == 2
    grid = arcbatch.Grid([[0, 1], [2, 3]])
    assert grid.to_svg().count("<rect") == 4 and "#0074d9" in grid.to_svg()
    assert grid == ((0, 1), (2, 3)) and grid.shape == (2, 2)
    with pytest.raises(ValueError, match="equally long"):
        arcbatch.Grid([[0, 1], [2]])
    with pytest.raises(ValueError, match="ints"):
        arcbatch.Grid([["a"]])


def test_a_million_records_are_not_made_at_once():
    programs = [f"def p{k}(I):\n    return replace(I, 1, {k % 10})\n" for k in range(500)]
    tasks = arcbatch.load_tasks(EXAMPLES / "tasks")
    outcomes = arcbatch.evaluate(programs, tasks)
    assert len(outcomes) == outcomes.planned == 500 * sum(
        len(t["train"]) + len(t["test"]) for t in tasks
    )
    assert outcomes[-1].source == 499
    assert os.path.basename(outcomes[-1].file) == "<string>"
