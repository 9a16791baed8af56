// Times `objects` beside other libraries' labelling of connected regions: one core, one process,
// in turn on the same grids. Prints a table; --json writes the same with all quantiles.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "contestants.h"
#include "task/loader.h"
#include "values/build.h"

namespace arcbatch::labelling {
namespace {

constexpr u32 kBatch = 8;  // grids between two looks at the clock

struct Arguments {
  std::vector<std::string> tasks;
  std::string path = "auto";
  std::string isa = "auto";
  std::string json;
  u32 grids = 10000;
  u32 rounds = 5;
};

std::vector<GridData> task_grids(const std::vector<std::string>& paths) {
  const LoadResult loaded = paths.empty() ? load_embedded_tasks() : load_tasks(paths);
  std::vector<GridData> grids;
  for (const Task& task : loaded.tasks) {
    for (const std::vector<Pair>* split : {&task.train, &task.test}) {
      for (const Pair& pair : *split) {
        grids.push_back(pair.input);
        if (pair.output) grids.push_back(*pair.output);
      }
    }
  }
  return grids;
}

std::vector<GridData> random_grids(u32 count) {
  std::mt19937 engine(1);
  std::vector<GridData> grids(count);
  for (GridData& g : grids) {
    g.h = g.w = kMaxGridSide;
    g.cells.resize(std::size_t{g.h} * g.w);
    for (i8& cell : g.cells) cell = static_cast<i8>(engine() % 10);
  }
  return grids;
}

// Makes samples of `count` grids, cycling; `ctx` owns the grid values.
std::vector<Sample> make_samples(Ctx& ctx, const std::vector<GridData>& grids, u32 count,
                                 const Question& question) {
  std::vector<Sample> samples(count);
  for (u32 k = 0; k < count; ++k) {
    const GridData& from = grids[k % grids.size()];
    Sample& to = samples[k];
    to.h = from.h;
    to.w = from.w;
    if (make_grid(ctx, from.h, from.w, to.grid) != Status::ok) throw std::bad_alloc();
    std::copy(from.cells.begin(), from.cells.end(), to.grid->cells());
    to.cells.assign(from.cells.begin(), from.cells.end());
    Value background;
    const Value grid = Value::of(to.grid);
    const FastKernels kernels = fast_kernels(KernelPath::scalar);
    if (kernels.table[static_cast<u32>(Prim::mostcolor)](ctx, &grid, background) != Status::ok) {
      throw std::runtime_error("mostcolor failed");
    }
    for (const u8 cell : to.cells) {
      const bool out = question.without_background && cell == background.i;
      to.foreground.push_back(out ? u8{0} : static_cast<u8>(cell + 1));
      if (!out) to.colors.push_back(cell);
    }
    std::sort(to.colors.begin(), to.colors.end());
    to.colors.erase(std::unique(to.colors.begin(), to.colors.end()), to.colors.end());
  }
  return samples;
}

double quantile(std::vector<double> v, double q) {
  const auto at = static_cast<std::size_t>(q * static_cast<double>(v.size() - 1) + 0.5);
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(at), v.end());
  return v[at];
}

nlohmann::json quantiles(const std::vector<double>& v) {
  double logs = 0;
  for (const double x : v) logs += std::log(x);
  return {{"geomean", std::exp(logs / static_cast<double>(v.size()))},
          {"p10", quantile(v, 0.1)},
          {"median", quantile(v, 0.5)},
          {"p90", quantile(v, 0.9)}};
}

// Nanoseconds a grid, by batch: the median over the rounds.
using Times = std::vector<double>;

std::vector<Times> measure(const std::vector<std::unique_ptr<Contestant>>& contestants,
                           const std::vector<Sample>& samples, const Question& question,
                           u32 rounds) {
  using Clock = std::chrono::steady_clock;
  std::vector<Times> times(contestants.size());
  std::vector<Times> round_times(contestants.size());
  u64 sink = 0;
  for (std::size_t from = 0; from + kBatch <= samples.size(); from += kBatch) {
    for (Times& t : round_times) t.clear();
    for (u32 round = 0; round < rounds + 1; ++round) {
      for (std::size_t c = 0; c < contestants.size(); ++c) {
        const Clock::time_point start = Clock::now();
        for (u32 k = 0; k < kBatch; ++k) {
          sink += contestants[c]->label(samples[from + k], question);
        }
        const std::chrono::duration<double, std::nano> spent = Clock::now() - start;
        // The first round warms up.
        if (round != 0) round_times[c].push_back(spent.count() / kBatch);
      }
    }
    for (std::size_t c = 0; c < contestants.size(); ++c) {
      times[c].push_back(quantile(round_times[c], 0.5));
    }
  }
  if (sink == 0) throw std::runtime_error("no regions found");
  return times;
}

void check_agreement(const std::vector<std::unique_ptr<Contestant>>& contestants,
                     const std::vector<Sample>& samples, const Question& question) {
  for (const Sample& sample : samples) {
    const u64 expected = contestants[0]->label(sample, question);
    for (const auto& c : contestants) {
      const u64 got = c->label(sample, question);
      if (got == expected) continue;
      throw std::runtime_error(
          fmt::format("{} finds {} regions where arcbatch finds {}", c->name(), got, expected));
    }
  }
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

int run(const Arguments& arguments) {
  KernelPath path = KernelPath::automatic;
  if (!parse_kernel_path(arguments.path, path) || !kernel_path_available(path)) {
    fmt::print(stderr, "no kernel path `{}` here\n", arguments.path);
    return 2;
  }
  Isa isa = Isa::automatic;
  if (!parse_isa(arguments.isa, isa) || !isa_available(isa)) {
    fmt::print(stderr, "no instruction set `{}` here\n", arguments.isa);
    return 2;
  }
  const std::string kernels =
      fmt::format("{} {}", kernel_path_name(resolve_kernel_path(path)), isa_name(resolve_isa(isa)));
  std::vector<std::unique_ptr<Contestant>> contestants;
  contestants.push_back(make_ours(path, isa));
  contestants.push_back(make_opencv());
  contestants.push_back(make_cc3d());
  contestants.push_back(make_cc3d_patches());
  nlohmann::json report = {{"cpu", cpu_name()},
                           {"kernels", kernels},
                           {"grids", arguments.grids},
                           {"rounds", arguments.rounds},
                           {"suites", nlohmann::json::array()}};
  fmt::print("{}, kernels {}, {} grids, median of {} rounds, ns a grid\n", cpu_name(), kernels,
             arguments.grids, arguments.rounds);
  fmt::print("{:8} {:5} {:10} {:>9} {:>9} {:>9} {:>9}   {}\n", "grids", "conn", "background",
             "arcbatch", "opencv", "cc3d", "+patches",
             "better of opencv, cc3d / arcbatch: p10 median p90 geomean");
  const std::vector<std::pair<const char*, std::vector<GridData>>> suites = {
      {"tasks", task_grids(arguments.tasks)}, {"random", random_grids(arguments.grids)}};
  for (const auto& [name, grids] : suites) {
    if (grids.empty()) continue;
    for (const bool without : {true, false}) {
      for (const bool diagonal : {false, true}) {
        const Question question{diagonal, without};
        Arena arena;
        Ctx ctx;
        ctx.start(&arena, Limits{});
        const std::vector<Sample> samples = make_samples(ctx, grids, arguments.grids, question);
        check_agreement(contestants, samples, question);
        const std::vector<Times> times = measure(contestants, samples, question, arguments.rounds);
        nlohmann::json row = {
            {"grids", name}, {"connectivity", diagonal ? 8 : 4}, {"without_background", without}};
        Times best;
        for (std::size_t b = 0; b < times[0].size(); ++b) {
          best.push_back(std::min(times[1][b], times[2][b]) / times[0][b]);
        }
        for (std::size_t c = 0; c < contestants.size(); ++c) {
          row[contestants[c]->name()]["ns"] = quantiles(times[c]);
          Times ratios;
          for (std::size_t b = 0; b < best.size(); ++b) ratios.push_back(times[c][b] / times[0][b]);
          if (c != 0) row[contestants[c]->name()]["ratio"] = quantiles(ratios);
        }
        row["ratio_to_better"] = quantiles(best);
        const nlohmann::json& q = row["ratio_to_better"];
        fmt::print(
            "{:8} {:5} {:10} {:9.0f} {:9.0f} {:9.0f} {:9.0f}   {:.1f} {:.1f} {:.1f} {:.1f}\n", name,
            diagonal ? 8 : 4, without ? "left out" : "kept", quantile(times[0], 0.5),
            quantile(times[1], 0.5), quantile(times[2], 0.5), quantile(times[3], 0.5),
            q["p10"].get<double>(), q["median"].get<double>(), q["p90"].get<double>(),
            q["geomean"].get<double>());
        std::fflush(stdout);
        report["suites"].push_back(row);
      }
    }
  }
  if (!arguments.json.empty()) std::ofstream(arguments.json) << report.dump(2) << '\n';
  return 0;
}

}  // namespace
}  // namespace arcbatch::labelling

int main(int argc, char** argv) {
  CLI::App app("Times objects() beside OpenCV's and cc3d's labelling of connected regions");
  arcbatch::labelling::Arguments arguments;
  app.add_option("--tasks", arguments.tasks, "task files or folders (default: the examples)");
  app.add_option("--path", arguments.path, "kernel path of arcbatch");
  app.add_option("--isa", arguments.isa, "instruction set of arcbatch");
  app.add_option("--grids", arguments.grids, "grids of each kind")->check(CLI::Range(8, 1000000));
  app.add_option("--rounds", arguments.rounds, "times each is measured")->check(CLI::Range(1, 99));
  app.add_option("--json", arguments.json, "write the results to this file");
  CLI11_PARSE(app, argc, argv);
  try {
    return arcbatch::labelling::run(arguments);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
