// Batches on devices, beside the same batches on the CPU.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/device/cuda_device.h"
#include "backend/device/emulated_device.h"
#include "batch/cpu_evaluator.h"
#include "batch/device_evaluator.h"
#include "sharing.h"

namespace arcbatch::test {

// Programs and tasks of a test.
struct DeviceCase {
  CandidateList list;
  std::vector<Task> tasks;

  // Adds the functions of a source as a file of its own.
  void add(const std::string& source) {
    const u64 files = list.files.size();
    add_candidates(list, source, "file" + std::to_string(files) + ".py");
    ASSERT_EQ(list.files.size(), files + 1) << source;
  }
  void add_task(const GridData& input, const std::optional<GridData>& output = {}) {
    Task task;
    task.id = "t" + std::to_string(tasks.size());
    task.train.push_back({input, output});
    tasks.push_back(std::move(task));
  }
};

struct DeviceSetup {
  RunOptions options;
  device::EmulatedOptions device;
  SliceLimits slices;
  bool keep_values = true;
};

inline std::unique_ptr<device::DevicePool> emulated_pool(
    const std::vector<device::EmulatedOptions>& all) {
  std::vector<std::unique_ptr<device::Device>> devices;
  for (const device::EmulatedOptions& o : all) {
    devices.push_back(std::make_unique<device::EmulatedDevice>(o));
  }
  return std::make_unique<device::DevicePool>(std::move(devices));
}

// Evaluates every run on the devices and on the CPU, and expects the same outcomes. Returns what
// the devices did.
inline DeviceCounts expect_alike(const DeviceCase& work, const DeviceSetup& setup,
                                 device::DevicePool& pool, u64 batch_runs = ~u64{0}) {
  const RunPlan plan(work.list.candidates, work.tasks);
  ProgramCache programs(std::vector<u64>(work.list.files.size(), 1), work.list.files.size(),
                        [](u32) -> ProgramCache::ProgramPtr { return nullptr; });
  for (const Candidate& c : work.list.candidates) programs.put(c.file_index, c.program);
  DeviceWork device_work(pool, plan, setup.slices);
  DeviceEvaluator on_device(setup.options, plan, programs, device_work, setup.keep_values);
  RunOptions alone = setup.options;
  alone.path = KernelPath::automatic;
  CpuEvaluator on_cpu(alone, plan, programs);
  DeviceCounts counts;
  u32 different = 0;
  for (u64 first = 0; first < plan.size() && different < 3;) {
    BatchResult got;
    got.range = cut_batch(plan, first, plan.size(), batch_runs);
    BatchResult wanted;
    wanted.range = got.range;
    first = got.range.end;
    on_device.evaluate(got);
    on_cpu.evaluate(wanted);
    counts.add(got.device);
    EXPECT_EQ(got.records.size(), wanted.records.size());
    for (std::size_t k = 0; k < wanted.records.size() && different < 3; ++k) {
      RunRecord& expected = wanted.records[k];
      if (!setup.keep_values) {
        expected.outcome.value.clear();
        const bool is_value = expected.outcome.status == Status::ok;
        if (is_value && !setup.options.score) expected.outcome.output.reset();
      }
      const std::string want = describe(expected.outcome);
      const std::string have = describe(got.records[k].outcome);
      const bool same_place =
          got.records[k].run == expected.run && got.records[k].candidate == expected.candidate &&
          got.records[k].task == expected.task && got.records[k].index == expected.index &&
          got.records[k].is_test == expected.is_test;
      if (have == want && same_place) continue;
      different++;
      const Candidate& c = plan.candidates()[expected.candidate];
      ADD_FAILURE() << c.file << " " << c.name << "\n"
                    << c.program->text->source.substr(0, 2000)
                    << "\nCPU:    " << want.substr(0, 800) << "\ndevice: " << have.substr(0, 800);
    }
  }
  EXPECT_TRUE(different > 0 || counts.runs + counts.all_left() == plan.size());
  return counts;
}

// Whether tests of what devices evaluate run on the first CUDA device instead of an emulated one.
inline bool on_cuda() {
  const char* const backend = std::getenv("ARCBATCH_TEST_BACKEND");
  return backend != nullptr && std::string_view(backend) == "cuda";
}

inline std::unique_ptr<device::DevicePool> test_pool(const device::EmulatedOptions& options) {
  if (!on_cuda()) return emulated_pool({options});
  device::CudaOptions o;
  o.worker_bytes = options.worker_bytes;
  o.frames = options.frames;
  o.stack_bytes = min_of(options.stack_bytes, u64{64} << 10);
  o.workers = 256;
  std::vector<std::unique_ptr<device::Device>> devices;
  devices.push_back(device::open_cuda_device(0, o));
  return std::make_unique<device::DevicePool>(std::move(devices));
}

inline DeviceCounts expect_alike(const DeviceCase& work, const DeviceSetup& setup = {}) {
  const std::unique_ptr<device::DevicePool> pool = test_pool(setup.device);
  return expect_alike(work, setup, *pool);
}

}  // namespace arcbatch::test
