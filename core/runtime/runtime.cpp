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
  if (config.workers > kWorkersMax) {
    throw Error(std::to_string(config.workers) + " workers are too many", "",
                "Use 1.." + std::to_string(kWorkersMax) + ", or 0 for one per usable CPU");
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

// The tasks under way on this thread, innermost first.
struct Runtime::Running {
  explicit Running(const Runtime& of) : runtime(&of), outer(std::exchange(innermost(), this)) {}
  ~Running() { innermost() = outer; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  static Running*& innermost() noexcept { return Local<Runtime, Running*>::get(); }

  const Runtime* runtime;
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
                                     runtime.execute(task);
                                   }});
}

Runtime::~Runtime() = default;

std::vector<Counter> Runtime::counters() const {
  return engine_->counters();
}

void Runtime::run_erased(BranchRef root) {
  engine_->run(root);
}

void Runtime::execute(Task& task) noexcept {
  const Running running(*this);
  try {
    task();
  } catch (...) {
    const std::lock_guard guard(first_lock_);
    if (first_ == nullptr) {
      first_ = std::current_exception();
    }
  }
}

// Up to `count` places of the queue; how many.
std::size_t Runtime::reserve(std::size_t count) noexcept {
  const std::size_t before = queued_.value.fetch_add(count, kStat);
  const std::size_t room = before < queue_capacity_ ? queue_capacity_ - before : 0;
  const std::size_t reserved = std::min(count, room);
  queued_.value.fetch_sub(count - reserved, kStat);
  return reserved;
}

void Runtime::submit(Task task) {
  if (reserve(1) == 1) {
    engine_->inject(std::move(task));
  } else {
    execute(task);
  }
}

void Runtime::submit_batch(std::span<Task> tasks) {
  while (!tasks.empty()) {
    const std::size_t queued = reserve(tasks.size());
    engine_->inject_batch(tasks.first(queued));
    tasks = tasks.subspan(queued);
    if (!tasks.empty()) {
      execute(tasks.front());
      tasks = tasks.subspan(1);
    }
  }
}

std::exception_ptr Runtime::take_first() noexcept {
  const std::lock_guard guard(first_lock_);
  return std::exchange(first_, nullptr);
}

void Runtime::wait() {
  for (const Running* task = Running::innermost(); task != nullptr; task = task->outer) {
    if (task->runtime == this) {
      throw Error("Runtime::wait inside a submitted task", "It would wait for itself",
                  "Use join or for_range there, or wait outside");
    }
  }
  engine_->wait_injected();
  if (const std::exception_ptr first = take_first()) {
    std::rethrow_exception(first);
  }
}

}  // namespace an
