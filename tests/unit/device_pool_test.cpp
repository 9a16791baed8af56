// The pool with devices that compute nothing: slots, threads, losses.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "backend/device/device.h"

namespace arcbatch::device {
namespace {

// Counts who is in it at once; is lost from the slice `lost_in` on (0: never).
class Counting : public Device {
 public:
  Counting(const std::string& name, u32 slots, u32 lost_in = 0) : slots_(slots), lost_in_(lost_in) {
    info_.name = name;
  }
  [[nodiscard]] const DeviceInfo& info() const override { return info_; }
  [[nodiscard]] u32 slots() const override { return slots_; }
  void put_examples(std::span<const u8>) override {
    if (lost_in_ == 1) throw DeviceLost("at once");
  }
  u8* slice_memory(u32, u64) override { return nullptr; }
  SliceEnd* evaluate(u32 slot, u64, Traffic&) override {
    EXPECT_LT(slot, slots_);
    EXPECT_LE(++inside_, static_cast<int>(slots_));
    std::this_thread::yield();
    --inside_;
    const u32 slice = ++slices;
    if (lost_in_ != 0 && slice >= lost_in_)
      throw DeviceLost("at slice " + std::to_string(lost_in_));
    return nullptr;
  }
  std::atomic<u32> slices = 0;

 private:
  DeviceInfo info_;
  u32 slots_;
  u32 lost_in_;
  std::atomic<int> inside_ = 0;
};

struct Pool {
  explicit Pool(std::vector<std::unique_ptr<Counting>> all) : pool(make(std::move(all))) {}
  std::unique_ptr<DevicePool> make(std::vector<std::unique_ptr<Counting>> all) {
    std::vector<std::unique_ptr<Device>> devices;
    for (std::unique_ptr<Counting>& d : all) {
      counting.push_back(d.get());
      devices.push_back(std::move(d));
    }
    return std::make_unique<DevicePool>(std::move(devices));
  }
  std::vector<Counting*> counting;
  std::unique_ptr<DevicePool> pool;
};

std::vector<std::unique_ptr<Counting>> devices(std::vector<u32> lost_in) {
  std::vector<std::unique_ptr<Counting>> all;
  for (u32 k = 0; k < lost_in.size(); ++k) {
    all.push_back(std::make_unique<Counting>("d" + std::to_string(k), k + 1, lost_in[k]));
  }
  return all;
}

// Does `slices` slices by `threads` threads, each again until a device has done it. Returns how
// many were done.
u32 work(DevicePool& pool, u32 threads, u32 slices) {
  std::atomic<u32> next = 0;
  std::atomic<u32> done = 0;
  std::vector<std::jthread> workers;
  for (u32 t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      while (next++ < slices) {
        for (bool finished = false; !finished;) {
          try {
            const DevicePool::Lease lease = pool.take();
            try {
              Traffic traffic;
              lease.device().evaluate(lease.slot(), 0, traffic);
              done++;
              finished = true;
            } catch (const DeviceLost& lost) {
              pool.lose(lease.number(), lost.what());
            }
          } catch (const DeviceLost&) {
            return;  // none is left
          }
        }
      }
    });
  }
  workers.clear();
  return done;
}

TEST(DeviceSlots, AreOneThreadsAtATime) {
  Pool p(devices({0, 0, 0}));
  EXPECT_EQ(p.pool->slots(), 6u);
  EXPECT_EQ(work(*p.pool, 8, 3000), 3000u);
  EXPECT_TRUE(p.pool->losses().empty());
}

TEST(DeviceSlots, AreTakenOfAllDevices) {
  Pool p(devices({0, 0, 0}));
  std::vector<std::unique_ptr<DevicePool::Lease>> held;
  std::vector<u32> taken(3, 0);
  for (u32 k = 0; k < p.pool->slots(); ++k) {
    held.emplace_back(new DevicePool::Lease(p.pool->take()));  // which nothing can move
    taken[held.back()->number()]++;
  }
  EXPECT_EQ(taken, (std::vector<u32>{1, 2, 3}));
}

TEST(DeviceSlots, OfALostDeviceAreTakenByNobody) {
  Pool p(devices({5, 0, 9}));
  EXPECT_EQ(work(*p.pool, 8, 2000), 2000u);
  EXPECT_EQ(p.pool->losses().size(), 2u);
  // Those who were in it when it was lost come back once.
  EXPECT_LE(p.counting[0]->slices.load(), 5u);
  EXPECT_LE(p.counting[2]->slices.load(), 9u + 2);
}

TEST(DeviceSlots, EndTheWorkWhereNoneIsLeft) {
  Pool p(devices({20, 30}));
  const u32 done = work(*p.pool, 4, 1000);
  EXPECT_GE(done, 40u);
  EXPECT_LT(done, 100u);
  EXPECT_THROW((void)p.pool->take(), DeviceLost);
  try {
    (void)p.pool->take();
  } catch (const DeviceLost& lost) {
    EXPECT_EQ(std::string(lost.what()).rfind("no device is left: d", 0), 0u) << lost.what();
  }
}

TEST(DeviceSlots, AreNotGivenByADeviceThatTakesNoExamples) {
  Pool p(devices({1, 0}));
  p.pool->put_examples({});
  ASSERT_EQ(p.pool->losses().size(), 1u);
  EXPECT_EQ(p.pool->losses()[0], "d0: at once");
  EXPECT_EQ(work(*p.pool, 3, 50), 50u);
  EXPECT_EQ(p.counting[0]->slices.load(), 0u);
}

}  // namespace
}  // namespace arcbatch::device
