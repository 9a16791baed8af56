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

  [[nodiscard]] const std::vector<u16>& labels() const { return labels_; }

 private:
  std::vector<u16> labels_;
};

// cc3d, and then what `objects` returns for each region: its box and its rows of bits.
class Cc3dPatches : public Contestant {
 public:
  [[nodiscard]] const char* name() const override { return "cc3d+patches"; }

  u64 label(const Sample& sample, const Question& question) override {
    const u64 count = cc3d_.label(sample, question);
    const std::vector<u16>& labels = cc3d_.labels();
    patches_.assign(count, Patch{sample.h, sample.w, 0, 0, 0, 0});
    const u16* label = labels.data();
    for (u32 r = 0; r < sample.h; ++r) {
      for (u32 k = 0; k < sample.w; ++k, ++label) {
        if (*label == 0) continue;
        Patch& patch = patches_[*label - 1u];
        patch.top = std::min(patch.top, r);
        patch.bottom = r;
        patch.left = std::min(patch.left, k);
        patch.right = std::max(patch.right, k);
        patch.cells++;
      }
    }
    u32 rows = 0;
    for (Patch& patch : patches_) {
      patch.rows = rows;
      rows += patch.bottom - patch.top + 1;
    }
    rows_.assign(rows, 0);
    label = labels.data();
    for (u32 r = 0; r < sample.h; ++r) {
      for (u32 k = 0; k < sample.w; ++k, ++label) {
        if (*label == 0) continue;
        const Patch& patch = patches_[*label - 1u];
        rows_[patch.rows + r - patch.top] |= u64{1} << (k - patch.left);
      }
    }
    return count;
  }

 private:
  struct Patch {
    u32 top, left, bottom, right, cells, rows;
  };
  Cc3d cc3d_;
  std::vector<Patch> patches_;
  std::vector<u64> rows_;
};

}  // namespace

std::unique_ptr<Contestant> make_opencv() { return std::make_unique<OpenCv>(); }
std::unique_ptr<Contestant> make_cc3d() { return std::make_unique<Cc3d>(); }
std::unique_ptr<Contestant> make_cc3d_patches() { return std::make_unique<Cc3dPatches>(); }

}  // namespace arcbatch::labelling
