// PeerScheduler: the face of somebody else's runtime as an an::Scheduler. A runtime says how it forks
// and how it waits; results, exceptions, turns, runs inside runs and tasks from outside are done here,
// the same for all.
//
// A Library has:
//     explicit Library(const SchedulerConfig&)     starts the threads; throws an::Error when it cannot
//     members()                                    which threads work for it: Members
//     enter(body)                                  calls body() on the calling thread, a worker meanwhile
//     both(first, second)                          runs the two, in parallel or not; returns when both have
//     loop(begin, end, grain, part)                if it has loops: calls part(from, to) for parts of the range, of
//                                                  about `grain` iterations or more
//     Tasks(Library&), spawn(task), wait()         a group of tasks: spawn from any branch or task; wait on
//                                                  the strand that made it, and before the destructor
// enter() is called by one thread at a time. What it is given to call neither takes nor returns
// anything, and throws nothing. A task is called once, and destroyed before wait() returns.
//
// I1: wishes (Phase, Hint) are ignored: the runtimes have no word for them.
// I2: tasks from outside are kept until somebody waits for them. No workload measures injection.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/task/scheduler.hpp"
#include "schedulers/peer/members.hpp"
#include "schedulers/peer/outcome.hpp"

namespace an::schedulers::peer {

template <class Library>
class PeerScheduler;

// Tasks of a Library, and the first exception of them. An exception does not stop the others.
template <class Library>
class Tasks {
 public:
  explicit Tasks(Library& library) : tasks_(library) {}

  template <class W, class F>
  void spawn(W worker, F&& task) {
    tasks_.spawn(Task<W, std::decay_t<F>>{std::forward<F>(task), worker, &thrown_});
  }
  void wait() { tasks_.wait(); }
  FirstException& thrown() noexcept { return thrown_; }

 private:
  // Const, because a library may keep it so; called once all the same.
  template <class W, class F>
  struct Task {
    void operator()() const noexcept {
      thrown->guard([this] { body(worker); });
    }

    mutable F body;
    W worker;
    FirstException* thrown;
  };

  FirstException thrown_;
  typename Library::Tasks tasks_;
};

// Stands for the part of a loop.
struct LoopProbe {
  void operator()(std::int64_t, std::int64_t) const noexcept {}
};

template <class Library>
class PeerWorker {
 public:
  class Group;

  explicit PeerWorker(PeerScheduler<Library>& scheduler) noexcept : scheduler_(&scheduler) {}

  template <class F, class G>
  JoinResult<PeerWorker, F, G> join(F&& f, G&& g) const {
    Outcome<PeerWorker, F> first;
    Outcome<PeerWorker, G> second;
    scheduler_->library_.both([&, worker = *this]() noexcept { first.run(f, worker); },
                              [&, worker = *this]() noexcept { second.run(g, worker); });
    return {first.take(), second.take()};
  }

  // With a Library that has loops. What a body throws ends its part.
  template <class Body>
  void for_range(std::int64_t begin, std::int64_t end, std::int64_t grain, const Body& body) const
      requires std::invocable<const Body&, PeerWorker, std::int64_t> && requires(Library library) {
    library.loop(begin, end, grain, LoopProbe{});
  }
  {
    FirstException thrown;
    scheduler_->library_.loop(begin, end, grain, [&](std::int64_t from, std::int64_t to) noexcept {
      thrown.guard([&] {
        for (std::int64_t i = from; i < to; ++i) {
          body(*this, i);
        }
      });
    });
    thrown.rethrow();
  }

  template <class F, class... Wish>
  void spawn(F&& task, Wish... /*phase or hint*/) const {
    scheduler_->loose_.spawn(*this, std::forward<F>(task));
  }
  template <class Make>
  void spawn_batch(std::int64_t count, const Make& callable) const {
    for (std::int64_t i = 0; i < count; ++i) {
      spawn(callable(i));
    }
  }

 private:
  PeerScheduler<Library>* scheduler_;
};

template <class Library>
class PeerWorker<Library>::Group {
 public:
  explicit Group(PeerWorker worker) : tasks_(worker.scheduler_->library_) {}
  ~Group() { tasks_.wait(); }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  template <class F, class... Wish>
  void spawn(PeerWorker worker, F&& task, Wish... /*phase or hint*/) {
    tasks_.spawn(worker, std::forward<F>(task));
  }
  template <class Make>
  void spawn_batch(PeerWorker worker, std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      spawn(worker, callable(i));
    }
  }
  void wait(PeerWorker /*worker*/) {
    tasks_.wait();
    tasks_.thrown().rethrow();
  }

 private:
  Tasks<Library> tasks_;
};

template <class Library>
class PeerScheduler {
 public:
  using Worker = PeerWorker<Library>;

  // See the Scheduler concept for these.
  template <class Root>
  BranchResult<Worker, Root> run(Root&& root) {
    if (library_.members().has_this_thread()) {
      return run_branch(root, Worker(*this));
    }
    const std::lock_guard turn(turn_);
    Outcome<Worker, Root> outcome;
    library_.enter([&]() noexcept {
      outcome.run(root, Worker(*this));
      loose_.wait();
    });
    const std::exception_ptr loose = loose_.thrown().take();
    auto result = outcome.take();
    if (loose != nullptr) {
      std::rethrow_exception(loose);
    }
    return result;
  }

  template <class F>
  void inject(F&& task) {
    auto kept = std::make_shared<std::decay_t<F>>(std::forward<F>(task));
    const std::lock_guard guard(inbox_lock_);
    inbox_.push_back([kept](Worker worker) { (*kept)(worker); });
  }
  template <class Make>
  void inject_batch(std::int64_t count, const Make& callable) {
    for (std::int64_t i = 0; i < count; ++i) {
      inject(callable(i));
    }
  }
  void wait_injected() {
    if (library_.members().has_this_thread()) {
      throw Error("wait_injected was called from inside a branch or task of the same scheduler",
                  "It would wait for what it stands on", "Use a TaskGroup there");
    }
    const std::lock_guard turn(turn_);
    Tasks<Library> injected(library_);
    library_.enter([&]() noexcept {
      injected.thrown().guard([&] { drain(injected); });
      injected.wait();
    });
    const std::exception_ptr loose = loose_.thrown().take();
    injected.thrown().rethrow();
    if (loose != nullptr) {
      std::rethrow_exception(loose);
    }
  }

  std::vector<Counter> counters() const { return {}; }

 protected:
  explicit PeerScheduler(const SchedulerConfig& config) : library_(config), loose_(library_) {}
  ~PeerScheduler() {
    try {
      wait_injected();
    } catch (...) {  // nobody asked
    }
  }

 private:
  friend Worker;
  using Injected = std::function<void(Worker)>;

  // Runs what was injected until nothing is left.
  void drain(Tasks<Library>& injected) {
    for (;;) {
      std::vector<Injected> batch;
      {
        const std::lock_guard guard(inbox_lock_);
        batch.swap(inbox_);
      }
      for (Injected& task : batch) {
        injected.spawn(Worker(*this), std::move(task));
      }
      injected.wait();
      loose_.wait();
      if (batch.empty()) {
        return;
      }
    }
  }

  Library library_;
  std::mutex turn_;       // one root at a time
  Tasks<Library> loose_;  // spawned outside groups
  std::mutex inbox_lock_;
  std::vector<Injected> inbox_;
};

}  // namespace an::schedulers::peer
