// What it costs a thread to be moved to another CPU: a buffer is walked in slices of 10,000 touches, and
// between slices the thread is
//
//   moved    tied to the other CPU,
//   same     tied, by the same call, to the CPU on which it is: the control,
//   plain    left alone.
//
// A touch reads and writes one byte of a line, whose address needs what the last one read; the next slice goes
// on where the last ended. The argument is the size of the buffer in KiB. A block of each takes turns; the order rotates.
// `ns_per_item` is a slice of `moved` with its call, `same_ns` and `plain_ns` the others'; `ratio` is moved over
// same, `touch_ratio` the same without the calls (`call_ns`, `same_call_ns`); `first_ns` and `same_first_ns` are
// the first touch of a slice, with a clock read. All are medians over the slices of a process.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"
#include "harness/micro/pair.hpp"
#include "harness/micro/quantile.hpp"

namespace {

using an::Nanos;
using an::micro::median;

constexpr std::int64_t kSlices = 100;
constexpr std::int64_t kTouches = 10'000;

// A buffer, and where the walk through it is.
class Walk {
 public:
  explicit Walk(std::size_t bytes) : bytes_(bytes, 0) { benchmark::DoNotOptimize(zero_); }

  // What is read is zero, but it is part of the next address: no touch begins before the last has its line.
  void touch() {
    const std::uint8_t value = bytes_[place_];
    bytes_[place_] = value ^ zero_;
    place_ += an::kCacheLine + value;
    place_ = place_ < bytes_.size() ? place_ : 0;
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t place_ = 0;
  std::uint8_t zero_ = 0;
};

enum Mode : std::size_t { kMoved, kSame, kPlain, kModes };

// Of every slice: the call, the first touch, all touches, and the whole.
struct Spent {
  std::vector<Nanos> call, first, touches, slice;

  void add(Nanos call_ns, Nanos first_ns, Nanos touches_ns) {
    call.push_back(call_ns);
    first.push_back(first_ns);
    touches.push_back(touches_ns);
    slice.push_back(call_ns + touches_ns);
  }
};

class Migration {
 public:
  explicit Migration(std::size_t bytes) : cpus_(an::allowed_cpus()), walk_(bytes) {}
  ~Migration() { an::restrict_current_thread(cpus_); }
  Migration(const Migration&) = delete;
  Migration& operator=(const Migration&) = delete;

  // kSlices slices; how long they took together. Begins on the first CPU, where a slice has been before.
  Nanos run_block(Mode mode) {
    an::pin_current_thread(cpus_.front());
    Spent before;
    run_slice(before, cpus_.front(), false);
    const Nanos start = an::now_ns();
    for (std::int64_t i = 0; i < kSlices; ++i) {
      const int cpu = mode == kMoved && i % 2 == 0 ? cpus_.back() : cpus_.front();
      run_slice(spent_[mode], cpu, mode != kPlain);
    }
    return an::now_ns() - start;
  }

  Spent& spent(Mode mode) { return spent_[mode]; }

 private:
  void run_slice(Spent& spent, int cpu, bool calls) {
    const Nanos start = an::now_ns();
    if (calls) {
      an::pin_current_thread(cpu);
    }
    const Nanos called = an::now_ns();
    walk_.touch();
    const Nanos first = an::now_ns();
    for (std::int64_t i = 1; i < kTouches; ++i) {
      walk_.touch();
    }
    spent.add(called - start, first - called, an::now_ns() - called);
  }

  std::vector<int> cpus_;
  Walk walk_;
  std::array<Spent, kModes> spent_{};
};

void migrate(benchmark::State& state) {
  if (!an::micro::has_two_cpus(state)) {
    return;
  }
  Migration migration(static_cast<std::size_t>(state.range(0)) * 1024);
  std::size_t first = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < kModes; ++i) {
      const auto mode = static_cast<Mode>((first + i) % kModes);
      const Nanos spent = migration.run_block(mode);
      if (mode == kMoved) {
        state.SetIterationTime(static_cast<double>(spent) * 1e-9);
      }
    }
    ++first;
  }
  Spent& moved = migration.spent(kMoved);
  Spent& same = migration.spent(kSame);
  const double moved_ns = median(moved.slice);
  const double same_ns = median(same.slice);
  state.counters["ns_per_item"] = moved_ns;
  state.counters["same_ns"] = same_ns;
  state.counters["plain_ns"] = median(migration.spent(kPlain).slice);
  state.counters["ratio"] = moved_ns / same_ns;
  state.counters["touch_ratio"] = median(moved.touches) / median(same.touches);
  state.counters["call_ns"] = median(moved.call);
  state.counters["same_call_ns"] = median(same.call);
  state.counters["first_ns"] = median(moved.first);
  state.counters["same_first_ns"] = median(same.first);
}

BENCHMARK(migrate)->RangeMultiplier(4)->Range(64, 64 << 10)->UseManualTime();

}  // namespace
