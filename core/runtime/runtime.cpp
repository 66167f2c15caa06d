#include "core/runtime/runtime.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/local.hpp"
#include "core/base/suggest.hpp"
#include "core/runtime/engine.hpp"
#include "core/topology/victim_order.hpp"

namespace an {
namespace {

const EngineEntry& find_engine(const std::string& name) {
  std::vector<std::string> known;
  for (const EngineEntry& entry : engines()) {
    if (entry.name == name) {
      return entry;
    }
    known.emplace_back(entry.name);
  }
  std::sort(known.begin(), known.end());
  throw Error("there is no scheduler called '" + name + "'", "",
              suggestion(name, known, "Known schedulers"));
}

std::uint32_t workers_for(const Config& config, const EngineEntry& engine, const Machine& machine) {
  if (config.workers > engine.workers_max) {
    throw Error(std::to_string(config.workers) + " workers are too many for scheduler '" +
                    std::string(engine.name) + "'",
                "It runs at most " + std::to_string(engine.workers_max),
                "Set Config::workers to that or less, or to 0 for what the machine has");
  }
  const auto cpus = static_cast<std::uint32_t>(machine.cpus.size());
  return config.workers != 0 ? config.workers : std::min(cpus, engine.workers_max);
}

SchedulerConfig placed(const Machine& machine, std::uint32_t workers, Pin pin) {
  SchedulerConfig settings;
  settings.workers = workers;
  settings.cpus = place(machine, workers, pin);
  settings.victims = victim_order(machine, settings.cpus, workers);
  settings.nodes = nodes_of(machine, settings.cpus);
  return settings;
}

}  // namespace

// The tasks and parallel calls that this thread is in, innermost first. A stolen branch does not see those of
// its parent: there the scheduler knows.
struct Runtime::Running {
  Running(const Runtime& of, How by)
      : runtime(&of), how(by), outer(std::exchange(innermost(), this)) {}
  ~Running() { innermost() = outer; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  static Running*& innermost() noexcept { return Local<Runtime, Running*>::get(); }

  const Runtime* runtime;
  How how;
  Running* outer;
};

Runtime::Runtime(const Config& config)
    : scheduler_(config.scheduler), queue_capacity_(config.queue_capacity) {
  if (queue_capacity_ == 0) {
    throw Error("queue_capacity is 0", "", "Use 1 or more");
  }
  const EngineEntry& entry = find_engine(config.scheduler);
  const Machine machine = read_machine();
  workers_ = workers_for(config, entry, machine);
  SchedulerConfig settings = placed(machine, workers_, config.pin);
  settings.seed = config.seed;
  settings.options = config.options;
  engine_ = entry.start(settings, {this, [](void* self, Task& task) noexcept {
                                     auto& runtime = *static_cast<Runtime*>(self);
                                     runtime.queued_.value.fetch_sub(1, kStat);
                                     runtime.execute(task, How::kByWorker);
                                   }});
}

Runtime::~Runtime() = default;

std::vector<Counter> Runtime::counters() const {
  return engine_->counters();
}

void Runtime::run_erased(BranchRef root) {
  const Running running(*this, How::kByWorker);
  engine_->run(root);
}

void Runtime::require_grain(std::int64_t grain) {
  if (grain < 1) {
    throw Error("a grain of " + std::to_string(grain),
                "Pieces of a range have at least one iteration", "Use a grain of 1 or more");
  }
}

void Runtime::execute(Task& task, How how) noexcept {
  const Running running(*this, how);
  try {
    task();
  } catch (...) {
    const std::lock_guard guard(first_lock_);
    if (first_ == nullptr) {
      first_ = std::current_exception();
    }
  }
}

bool Runtime::is_inside(How how) const noexcept {
  for (const Running* frame = Running::innermost(); frame != nullptr; frame = frame->outer) {
    if (frame->runtime == this && (how == How::kAny || frame->how == how)) {
      return true;
    }
  }
  return false;
}

// Up to `count` places of the queue; how many. All of them inside a task that submit runs, I1.
std::size_t Runtime::reserve(std::size_t count) noexcept {
  const std::size_t before = queued_.value.fetch_add(count, kStat);
  const std::size_t room = before < queue_capacity_ ? queue_capacity_ - before : 0;
  if (room >= count || is_inside(How::kBySubmit)) {
    return count;
  }
  const std::size_t reserved = room;
  queued_.value.fetch_sub(count - reserved, kStat);
  return reserved;
}

void Runtime::submit(Task task) {
  if (reserve(1) == 0) {
    execute(task, How::kBySubmit);
    return;
  }
  try {
    engine_->inject(std::move(task));
  } catch (...) {
    queued_.value.fetch_sub(1, kStat);
    throw;
  }
}

void Runtime::submit_batch(std::span<Task> tasks) {
  while (!tasks.empty()) {
    const std::size_t queued = reserve(tasks.size());
    try {
      engine_->inject_batch(tasks.first(queued));
    } catch (...) {
      // The one that failed may be moved from as well. Its place is not given back: one too few is safe.
      const auto left = std::ranges::count_if(tasks.first(queued),
                                              [](const Task& task) { return !task.is_empty(); });
      queued_.value.fetch_sub(static_cast<std::size_t>(left), kStat);
      throw;
    }
    tasks = tasks.subspan(queued);
    if (!tasks.empty()) {
      Task here = std::move(tasks.front());
      execute(here, How::kBySubmit);
      tasks = tasks.subspan(1);
    }
  }
}

std::exception_ptr Runtime::take_first() noexcept {
  const std::lock_guard guard(first_lock_);
  return std::exchange(first_, nullptr);
}

void Runtime::wait() {
  if (is_inside(How::kAny)) {
    throw Error("Runtime::wait inside a task or a parallel call of the same runtime",
                "It would wait for itself", "Use join or for_range there, or wait outside");
  }
  engine_->wait_injected();
  if (const std::exception_ptr first = take_first()) {
    std::rethrow_exception(first);
  }
}

}  // namespace an
