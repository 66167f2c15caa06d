// The advanced configuration:
//
//     .num_workers = 8                  .workers = 8
//     .enable_work_stealing = true      .scheduler = "chase_lev"; false: "serial"
//     .enable_topology_aware = true     .pin = an::Pin::kCompact; victims are near first in any case
//     .enable_lock_free = true          always: the deques have no lock
//     .enable_heartbeat = true          .scheduler = "heartbeat"; .options = {{"beat_us", "30"}}
//     .task_queue_size = 1024           .queue_capacity = 1024, of the whole pool; beyond it submit runs the task
#include "core/base/atomic.hpp"
#include "core/base/error.hpp"
#include "core/runtime/runtime.hpp"
#include "tests/quickstart/check.hpp"

namespace {

// Ten times what the queue holds: the rest runs in the submitting thread.
void run_tasks(const an::Config& config) {
  an::Runtime pool(config);
  an::Atomic<int> runs = 0;
  const std::size_t count = 10 * config.queue_capacity;
  for (std::size_t i = 0; i < count; ++i) {
    pool.submit([&runs] { runs.fetch_add(1, an::kStat); });
  }
  pool.wait();
  check(runs.load(an::kStat) == static_cast<int>(count), config.scheduler.c_str());
}

}  // namespace

int main() {
  const an::Config stealing{
      .scheduler = "chase_lev", .workers = 8, .pin = an::Pin::kCompact, .queue_capacity = 1024};
  run_tasks(stealing);

  an::Config heartbeat = stealing;
  heartbeat.scheduler = "heartbeat";
  heartbeat.options = {{"beat_us", "30"}};
  run_tasks(heartbeat);

  try {
    an::Runtime pool({.scheduler = "heart"});
    check(false, "an unknown scheduler is refused");
  } catch (const an::Error& error) {
    std::printf("%s\n", error.what());
  }
}
