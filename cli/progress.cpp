// Drawing of the progress bar.
#include "progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "common.h"

namespace arcbatch::cli {

namespace {
constexpr std::chrono::milliseconds kInterval(100);
constexpr u64 kCells = 30;
}  // namespace

Progress::Progress(u64 total, std::string noun, bool wanted)
    : total_(total),
      noun_(std::move(noun)),
      shown_(wanted && total > 0 && is_terminal(stderr)),
      next_(std::chrono::steady_clock::now() + kInterval) {}

void Progress::update(u64 done) {
  if (!shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  drawn_ = true;
  draw(done);
}

void Progress::finish() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void Progress::draw(u64 done) const {
  const u64 filled = done * kCells / total_;
  const std::string bar(filled, '#');
  const std::string line = fmt::format("\r[{:.<{}}] {:3}% {}/{} {}", bar, kCells,
                                       done * 100 / total_, done, total_, noun_);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace arcbatch::cli
