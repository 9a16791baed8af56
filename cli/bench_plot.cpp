// arcbatch bench plot: the runs a second of every workload and mode as bars, in an SVG.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench_batches.h"
#include "common.h"

namespace arcbatch::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Bar {
  std::string name;
  double runs_per_second = 0;
  std::string note;
};

struct Group {
  std::string name;
  std::vector<Bar> bars;
};

constexpr int kWidth = 760;
constexpr int kLeft = 110;
constexpr int kRight = 190;  // for the figures
constexpr int kBarHeight = 18;
constexpr int kBarStep = 24;
constexpr int kGroupGap = 40;
constexpr const char* kColours[] = {"#8c8c8c", "#4878a8", "#3f9b72", "#d98032", "#8a63a6"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<Group> groups_of(const Json& report) {
  std::vector<Group> groups;
  for (const Json& workload : report.at("workloads")) {
    Group& group = groups.emplace_back();
    group.name = fmt::format("{}: {} programs, {} runs", workload.at("name").get<std::string>(),
                             workload.at("programs").get<u64>(), workload.at("runs").get<u64>());
    if (!workload.at("sample").is_null()) {
      group.bars.push_back(
          {"python", 1 / workload.at("sample").at("seconds_per_run").get<double>(), ""});
    }
    for (const Json& mode : workload.at("modes")) {
      if (mode.contains("not_run")) continue;
      const Json& ratio = mode.at("ratio_to_python");
      group.bars.push_back({mode.at("name").get<std::string>(),
                            mode.at("runs_per_second").get<double>(),
                            ratio.is_null() ? "" : fmt::format(" ({:.0f}x)", ratio.get<double>())});
    }
  }
  return groups;
}

// Bars on a logarithmic scale of whole decades.
std::string drawing(const std::vector<Group>& groups, const std::string& machine) {
  double least = 1e300;
  double most = 0;
  int height = 60;
  for (const Group& group : groups) {
    height += kGroupGap + kBarStep * static_cast<int>(group.bars.size());
    for (const Bar& bar : group.bars) {
      least = std::min(least, bar.runs_per_second);
      most = std::max(most, bar.runs_per_second);
    }
  }
  const int low = static_cast<int>(std::floor(std::log10(std::max(least, 1e-3)) - 0.01));
  const int high = std::max(static_cast<int>(std::ceil(std::log10(std::max(most, 1e-3)))), low + 1);
  const double decade = static_cast<double>(kWidth - kLeft - kRight) / (high - low);
  const auto x_of = [&](double rate) {
    return kLeft + std::max(0.0, std::log10(std::max(rate, 1e-3)) - low) * decade;
  };
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"10\" y=\"20\" font-size=\"14\">Runs a second (logarithmic), {2}</text>\n",
      kWidth, height, escaped(machine));
  for (int k = low; k <= high; ++k) {
    const double x = kLeft + (k - low) * decade;
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" y1=\"30\" x2=\"{0:.1f}\" y2=\"{1}\" stroke=\"#dddddd\"/>\n"
        "<text x=\"{0:.1f}\" y=\"{2}\" text-anchor=\"middle\" fill=\"#666666\">1e{3}</text>\n",
        x, height - 22, height - 8, k);
  }
  int y = 30;
  for (const Group& group : groups) {
    svg += fmt::format("<text x=\"10\" y=\"{}\" font-weight=\"bold\">{}</text>\n", y + 22,
                       escaped(group.name));
    y += kGroupGap - 8;
    for (std::size_t k = 0; k < group.bars.size(); ++k) {
      const Bar& bar = group.bars[k];
      const double end = x_of(bar.runs_per_second);
      svg += fmt::format(
          "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n"
          "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n"
          "<text x=\"{:.1f}\" y=\"{}\">{:.3g} runs/s{}</text>\n",
          kLeft - 6, y + 13, escaped(bar.name), kLeft, y, std::max(1.0, end - kLeft), kBarHeight,
          kColours[k % std::size(kColours)], end + 6, y + 13, bar.runs_per_second,
          escaped(bar.note));
      y += kBarStep;
    }
    y += 8;
  }
  return svg + "</svg>\n";
}

int plot(const std::string& input, const std::string& output) {
  std::string svg;
  try {
    const Json report = Json::parse(read_file(input));
    svg = drawing(groups_of(report), report.at("machine").at("cpu").get<std::string>());
  } catch (const Json::exception& error) {
    throw CommandError(
        fmt::format("{} is not what bench batches --json writes: {}", input, error.what()));
  }
  OutputFile file(output);
  file.write(svg);
  file.close();
  return 0;
}

}  // namespace

CLI::App* add_bench_plot(CLI::App& bench, int& exit_code) {
  struct PlotArguments {
    std::string input;
    std::string output;
  };
  auto arguments = std::make_shared<PlotArguments>();
  CLI::App* sub = bench.add_subcommand("plot", "Draw the results of bench batches as an SVG");
  sub->add_option("json", arguments->input, "What bench batches --json wrote")
      ->type_name("FILE")
      ->required();
  sub->add_option("svg", arguments->output, "The drawing to make")->type_name("SVG")->required();
  sub->footer("Example:\n  arcbatch bench plot batches.json batches.svg");
  sub->callback([arguments, &bench, &exit_code] {
    refuse_options_of_bench(bench, "plot");
    exit_code = plot(arguments->input, arguments->output);
  });
  return sub;
}

}  // namespace arcbatch::cli
