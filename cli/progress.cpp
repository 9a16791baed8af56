// Drawing of the progress bar, and the lines that stand in for it.
#include "progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "common.h"

namespace arcbatch::cli {

namespace {

constexpr std::chrono::milliseconds kRedraw(100);
constexpr u64 kCells = 30;

// "1:02:03", "2:03".
std::string duration_text(double seconds) {
  const auto whole = static_cast<u64>(seconds + 0.5);
  const u64 minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

}  // namespace

Progress::Progress(u64 total, std::string noun, bool wanted, double interval)
    : total_(total),
      noun_(std::move(noun)),
      bar_(wanted && total > 0 && is_terminal(stderr)),
      lines_(wanted && total > 0 && interval > 0 && !bar_),
      interval_(bar_ ? Clock::duration(kRedraw)
                     : std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(interval))),
      started_(Clock::now()),
      next_(started_ + interval_) {}

// "41200 runs/s, 0:39 left".
std::string Progress::pace(u64 done, Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - started_).count();
  if (done == 0 || seconds <= 0) return "starting";
  const double rate = static_cast<double>(done) / seconds;
  return fmt::format("{} {}/s, {} left",
                     rate < 100 ? fmt::format("{:.1f}", rate) : fmt::format("{:.0f}", rate), noun_,
                     duration_text(static_cast<double>(total_ - done) / rate));
}

void Progress::update(u64 done) {
  if (!bar_ && !lines_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + interval_;
  const u64 percent = done * 100 / total_;
  std::string text;
  if (bar_) {
    drawn_ = true;
    const std::string bar(done * kCells / total_, '#');
    text = fmt::format("\r\x1b[K[{:.<{}}] {:3}% {}/{} {}, {}", bar, kCells, percent, done, total_,
                       noun_, pace(done, now));
  } else {
    text = fmt::format("arcbatch: {} of {} {} ({} %), {}\n", done, total_, noun_, percent,
                       pace(done, now));
  }
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

void Progress::finish() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace arcbatch::cli
