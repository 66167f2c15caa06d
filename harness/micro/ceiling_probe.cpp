// ceiling_probe: how much faster two CPUs of this machine are than one, for a given serial kernel. In
// turns, one thread runs the kernel once, then two threads run it once each at the same time on
// inputs of their own: speed-up = 2 * time alone / time together. No scheduler is involved, so no
// scheduler can do better; on a shared host it moves between 1.3 and 2 by the minute.
//
//     ceiling_probe WORKLOAD ROUNDS     (nqueens or tree_sum, large) prints {"speedup":[..]}
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"
#include "core/base/thread.hpp"
#include "schedulers/serial.hpp"
#include "workloads/nqueens.hpp"
#include "workloads/tree_sum.hpp"

namespace {

using Serial = an::schedulers::serial::Scheduler;

template <class Workload>
class Kernel {
 public:
  explicit Kernel(std::int64_t n)
      : input_(Workload::prepare(n, 1)), expected_(Workload::expected(input_)) {}

  void run() {
    Serial serial{an::SchedulerConfig{}};
    const auto answer = serial.run([this](auto worker) { return Workload::run(worker, input_); });
    if (Workload::digest(input_, answer) != expected_) {
      std::abort();
    }
  }

 private:
  typename Workload::Input input_;
  std::uint64_t expected_;
};

// Both start when both are there; the time of the later to end.
template <class Workload>
an::Nanos time_together(std::vector<Kernel<Workload>>& kernels, std::size_t count) {
  an::Atomic<std::size_t> arrived = 0;
  an::Atomic<an::Nanos> last_end = 0;
  an::Atomic<an::Nanos> first_start = INT64_MAX;
  {
    std::vector<an::Thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back("kernel", [&, i] {
        // (B1) seq_cst; pairs with (B2): the start line; no kernel begins before both are here.
        arrived.fetch_add(1, an::kSeqCst);
        // (B2) seq_cst; pairs with (B1): see there.
        while (arrived.load(an::kSeqCst) < count) {
          an::cpu_pause();
        }
        const an::Nanos start = an::now_ns();
        kernels[i].run();
        const an::Nanos end = an::now_ns();
        for (an::Nanos seen = last_end.load(an::kStat);
             seen < end && !last_end.compare_exchange_weak(seen, end, an::kStat, an::kStat);) {
        }
        for (an::Nanos seen = first_start.load(an::kStat);
             seen > start &&
             !first_start.compare_exchange_weak(seen, start, an::kStat, an::kStat);) {
        }
      });
    }
  }
  return last_end.load(an::kStat) - first_start.load(an::kStat);
}

template <class Workload>
int probe(int rounds) {
  std::vector<Kernel<Workload>> kernels;
  const std::int64_t large = Workload::kSizes.back().n;
  kernels.emplace_back(large);
  kernels.emplace_back(large);
  std::printf("{\"speedup\":[");
  for (int round = -1; round < rounds; ++round) {
    const auto alone = static_cast<double>(time_together(kernels, 1));
    const auto together = static_cast<double>(time_together(kernels, 2));
    if (round >= 0) {  // the first touches the memory
      std::printf("%s%.4f", round == 0 ? "" : ",", 2 * alone / together);
    }
  }
  std::printf("]}\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view workload = argc == 3 ? argv[1] : "";
  const int rounds = argc == 3 ? std::atoi(argv[2]) : 0;
  if (workload == "nqueens" && rounds > 0) {
    return probe<an::workloads::nqueens::Workload>(rounds);
  }
  if (workload == "tree_sum" && rounds > 0) {
    return probe<an::workloads::tree_sum::Workload>(rounds);
  }
  std::fprintf(stderr, "usage: ceiling_probe nqueens|tree_sum ROUNDS\n");
  return 2;
}
