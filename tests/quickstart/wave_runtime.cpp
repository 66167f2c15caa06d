// A runtime, a task, scheduled by resonance:
//
//     var runtime = try WaveRuntime.init(&gpa.allocator);   an::Runtime runtime({.scheduler = "resonance"})
//     defer runtime.deinit();                               its destructor
//     var task = try runtime.createTask();                  an::Task
//     try runtime.scheduler.schedule(&task);                runtime.submit, runtime.wait
//
// Its last step, a read, belongs to the reactor and is shown there.
//
// Resonance is what makes tasks on the same data run back to back. A task says what it touches when it is spawned on
// the scheduler's own type: the second half.
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/runtime/runtime.hpp"
#include "schedulers/resonance.hpp"
#include "tests/quickstart/check.hpp"

namespace {

using Scheduler = an::schedulers::resonance::Scheduler;
using Blocks = std::vector<std::vector<std::int64_t>>;

// Sums every block `rounds` times, visiting all blocks before any again; the tasks of a block run together.
std::vector<std::int64_t> sums(const Blocks& blocks, std::size_t rounds) {
  an::SchedulerConfig config;
  config.workers = 2;
  Scheduler scheduler(config);
  std::vector<std::int64_t> results(rounds * blocks.size());
  scheduler.run([&](Scheduler::Worker worker) {
    an::TaskGroup<Scheduler::Worker> group(worker);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto& block = blocks[i % blocks.size()];
      const auto bytes = static_cast<std::uint32_t>(block.size() * sizeof(block[0]));
      const auto sum = [&result = results[i], &block](Scheduler::Worker) {
        result = std::accumulate(block.begin(), block.end(), std::int64_t{0});
      };
      group.spawn(worker, sum, an::Phase{i % blocks.size(), bytes});
    }
    group.wait(worker);
  });
  return results;
}

}  // namespace

int main() {
  // Initialize the runtime.
  an::Runtime runtime({.scheduler = "resonance", .workers = 2});

  // Create a task.
  int result = 0;
  an::Task task([&result] { result = 42; });

  // Schedule using resonance.
  runtime.submit(std::move(task));
  runtime.wait();
  check(result == 42, "the task ran");

  const Blocks blocks(16, std::vector<std::int64_t>(1024, 3));
  check(sums(blocks, 8) == std::vector<std::int64_t>(8 * 16, 3 * 1024),
        "every block was summed 8 times");
}
