// OpenCV and cc3d as contestants.
#include <cc3d.hpp>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "contestants.h"

namespace arcbatch::labelling {
namespace {

class OpenCv : public Contestant {
 public:
  OpenCv() { cv::setNumThreads(1); }
  [[nodiscard]] const char* name() const override { return "opencv"; }

  u64 label(const Sample& sample, const Question& question) override {
    const cv::Mat image(static_cast<int>(sample.h), static_cast<int>(sample.w), CV_8UC1,
                        const_cast<u8*>(sample.cells.data()));
    u64 count = 0;
    for (const u8 color : sample.colors) {
      cv::compare(image, color, mask_, cv::CMP_EQ);
      // It counts the zeros as a region.
      count += static_cast<u64>(
          cv::connectedComponents(mask_, labels_, question.diagonal ? 8 : 4, CV_32S) - 1);
    }
    return count;
  }

 private:
  cv::Mat mask_;
  cv::Mat labels_;
};

class Cc3d : public Contestant {
 public:
  [[nodiscard]] const char* name() const override { return "cc3d"; }

  u64 label(const Sample& sample, const Question& question) override {
    auto* cells = const_cast<u8*>(sample.foreground.data());
    const auto w = static_cast<int64_t>(sample.w);
    const auto h = static_cast<int64_t>(sample.h);
    labels_.resize(sample.foreground.size());
    std::memset(labels_.data(), 0, labels_.size() * sizeof(u16));
    std::size_t count = 0;
    const std::size_t bound =
        std::min(cc3d::estimate_provisional_label_count(cells, w, w * h), labels_.size());
    cc3d::connected_components3d<u8, u16>(cells, w, h, 1, bound, question.diagonal ? 8 : 4,
                                          labels_.data(), count);
    return count;
  }

 private:
  std::vector<u16> labels_;
};

}  // namespace

std::unique_ptr<Contestant> make_opencv() { return std::make_unique<OpenCv>(); }
std::unique_ptr<Contestant> make_cc3d() { return std::make_unique<Cc3d>(); }

}  // namespace arcbatch::labelling
