// The Python side of the bench: reads requests and writes answers, one JSON object a line.
#include "batch/bench_reference.h"

namespace arcbatch {

const char* const kBenchScript = R"python(
import gc, itertools, json, os, platform, sys, sysconfig
from time import perf_counter_ns

COPIES = 32            # inputs rotate through as many equal grids
SAMPLE_NS = 100_000    # shortest batch that is timed
MAX_SAMPLES = 25
WARM_REPETITIONS = 2   # of a call and its setup, as the engine's are counted
LEAST_REPETITIONS = 5
MAX_REPETITIONS = 500
MOST_BUDGETS = 20

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)          # whatever a program prints must not end up among the answers
folder = sys.argv[1]
sys.path.insert(0, folder)
modules = {}
function = inputs = estimate = None
call = None


def fresh(grid):
    return tuple(tuple(list(row)) for row in grid)


def info(request):
    config = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return {"version": " ".join(sys.version.split()),
            "implementation": platform.python_implementation(),
            "config_args": config,
            "compile_flags": " ".join((sysconfig.get_config_var("PY_CFLAGS") or "").split()),
            "optimised": "--enable-optimizations" in config,
            "lto": "--with-lto" in config}


def load(request):
    names = {"__name__": "programs"}
    exec("from dsl import *\nfrom constants import *", names)
    exec(compile(request["source"], request["file"], "exec"), names)
    modules[request["file"]] = names
    gc.collect()
    gc.freeze()
    return {}


def select(request):
    global function, inputs, estimate
    function = modules[request["file"]][request["function"]]
    inputs = itertools.cycle([fresh(request["grid"]) for _ in range(COPIES)])
    start = perf_counter_ns()
    try:
        value = function(next(inputs))
        estimate = perf_counter_ns() - start
        return {"status": "value", "text": repr(value)}
    except Exception as error:
        estimate = perf_counter_ns() - start
        return {"status": "error", "text": type(error).__name__}


def run_batch(run, batch):
    start = perf_counter_ns()
    for x in batch:
        try:
            run(x)
        except Exception:
            pass
    return perf_counter_ns() - start


def measure(request):
    global estimate
    budget = request["budget_ns"]
    if estimate < budget / 5:
        warm = max(1, min(1000, 200_000 // max(estimate, 1)))
        estimate = run_batch(function, list(itertools.islice(inputs, warm))) // warm
    runs = max(1, -(-SAMPLE_NS // max(estimate, 1)))
    samples = []
    first = perf_counter_ns()
    while len(samples) < MAX_SAMPLES:
        batch = list(itertools.islice(inputs, runs))
        samples.append(run_batch(function, batch) / runs)
        if perf_counter_ns() - first >= budget:
            break
    return {"samples": samples}


def make_arguments():
    """Sets of arguments of one call, each from grids of its own."""
    arguments = []
    for _ in range(call["copies"]):
        arguments.extend(call["setup"](fresh(call["grid"]), fresh(call["grid"])))
    return arguments


def select_call(request):
    global call
    names = modules[request["file"]]
    call = {key: names[request[key]] for key in ("setup", "calls", "empty")}
    call.update(grid=request["grid"], copies=request["copies"])
    try:
        return {"status": "value", "text": repr(call["calls"](*make_arguments()))}
    except Exception as error:
        return {"status": "error", "text": type(error).__name__}


def measure_call(request):
    calls, empty = [], []
    run_calls, run_empty = call["calls"], call["empty"]
    budget = request["budget_ns"]
    first = perf_counter_ns()
    for k in range(MAX_REPETITIONS):
        warm, arguments = make_arguments(), make_arguments()
        run_calls(*warm)
        run_empty(*arguments)      # counts references: the objects, not their contents, get near
        start = perf_counter_ns()
        run_empty(*arguments)
        middle = perf_counter_ns()
        run_calls(*arguments)
        end = perf_counter_ns()
        if k < WARM_REPETITIONS:
            continue
        empty.append(middle - start)
        calls.append(end - middle)
        spent = (end - first) / budget
        if spent >= MOST_BUDGETS or spent >= 1 and len(calls) >= LEAST_REPETITIONS:
            break
    return {"calls": calls, "empty": empty}


gc.disable()           # as timeit does
operations = {"info": info, "load": load, "select": select, "measure": measure,
              "select_call": select_call, "measure_call": measure_call}
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = operations[request["op"]](request)
    except Exception as error:
        answer = {"failure": f"{type(error).__name__}: {error}"}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
)python";

}  // namespace arcbatch
