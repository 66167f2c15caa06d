#include "core/pool/worker_threads.hpp"

#include <exception>
#include <memory>

#include "core/base/assert.hpp"
#include "core/sync/latch.hpp"

namespace an {

WorkerThreads::~WorkerThreads() {
  AN_ASSERT(threads_.empty());
}

void WorkerThreads::start(const std::string& name,
                          std::uint32_t workers,
                          const std::vector<int>& cpus,
                          Body body) {
  AN_ASSERT(threads_.empty() && workers >= 1 && (cpus.empty() || cpus.size() == workers));
  struct Starting {
    explicit Starting(std::uint32_t count) : arrived(count), released(1), failures(count) {}
    Latch arrived;
    Latch released;
    std::vector<std::exception_ptr> failures;
  };
  // Shared with the threads: the last to leave the two latches may be any of them.
  const auto starting = std::make_shared<Starting>(workers - 1);
  std::exception_ptr failure;
  threads_.reserve(workers - 1);
  for (WorkerId id = 1; id < workers && failure == nullptr; ++id) {
    const int cpu = cpus.empty() ? -1 : cpus[id];
    try {
      threads_.emplace_back(name + "-" + std::to_string(id), [this, starting, id, cpu, body] {
        try {
          if (cpu >= 0) {
            pin_current_thread(cpu);
          }
        } catch (...) {
          starting->failures[id - 1] = std::current_exception();
        }
        starting->arrived.count_down();
        starting->released.wait();
        if (!is_stopping()) {
          body(id);
        }
      });
    } catch (...) {
      failure = std::current_exception();
    }
  }
  for (std::size_t missing = threads_.size(); missing + 1 < workers; ++missing) {
    starting->arrived.count_down();
  }
  starting->arrived.wait();
  for (const std::exception_ptr& pinning : starting->failures) {
    failure = failure == nullptr ? pinning : failure;
  }
  if (failure != nullptr) {
    // (P3) relaxed; pairs with (P2): nobody enters its body. The latch below publishes it.
    stopping_.store(true, kRelaxed);
  }
  starting->released.count_down();
  if (failure != nullptr) {
    threads_.clear();
    std::rethrow_exception(failure);
  }
}

void WorkerThreads::stop(const std::function<void()>& wake_all) {
  // (P1) release; pairs with (P2): see there. wake_all carries the barrier that makes a worker
  // about to sleep notice (core/sync/README.md).
  stopping_.store(true, kRelease);
  wake_all();
  threads_.clear();
}

}  // namespace an
