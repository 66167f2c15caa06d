// std_async: the standard library's only task, std::async, with a new thread for the second branch while
// fewer than W run, and a deferred call, made by whoever waits, when there are as many. That is what the
// standard asks of an implementation that is given both policies ([futures.async]: defer "when no more
// concurrency can be effectively exploited"); libstdc++ starts a thread regardless, so the choice is made
// here.
//
// W cannot be kept as others keep it: no thread waits for work, each is started for one branch and ends
// with it. What is kept: at most W at a time, the caller and those that wait for a branch included, and
// a place, with its CPU, for each. `threads` allows more: --set std_async.threads=4096 is the thread per
// fork that std::launch::async alone means, for small sizes.
//
// When it wins: nowhere; it is what a program without a library has. When it loses: every fork allocates a
// shared state; a thread costs tens of microseconds; tasks that found no free place run one after another
// in the wait.
#pragma once

#include <array>
#include <future>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/atomic.hpp"
#include "schedulers/peer/peer_scheduler.hpp"

namespace an::schedulers::std_async {

inline constexpr OptionSpec kThreads{
    "threads", "0", "threads at a time, the caller included; 0 = as many as workers", "0..4096"};

// Places for threads 1 .. count-1; the caller of run has place 0.
class Places {
 public:
  explicit Places(std::uint32_t count) : free_(count - 1), left_(count - 1) {
    std::iota(free_.rbegin(), free_.rend(), 1U);
  }

  // A place, or 0 when there is none.
  std::uint32_t take() {
    // (A1) relaxed; pairs with (A2): most forks find none, without the lock. The number is only a
    // hint; the lock decides.
    if (left_.load(kRelaxed) == 0) {
      return 0;
    }
    const std::lock_guard guard(lock_);
    if (free_.empty()) {
      return 0;
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    publish();
    return place;
  }
  void give_back(std::uint32_t place) {
    const std::lock_guard guard(lock_);
    free_.push_back(place);
    publish();
  }

 private:
  void publish() noexcept {
    // (A2) relaxed; pairs with (A1): a hint.
    left_.store(static_cast<std::uint32_t>(free_.size()), kRelaxed);
  }

  std::mutex lock_;
  std::vector<std::uint32_t> free_;
  Atomic<std::uint32_t> left_;
};

class Library {
 public:
  explicit Library(const SchedulerConfig& config)
      : Library(config, static_cast<std::uint32_t>(config.integer_option(kThreads, 0, 4096))) {}

  const peer::Members& members() const noexcept { return members_; }

  template <class Body>
  void enter(const Body& body) {
    members_.enter(0);
    body();
    members_.leave(0);
  }

  template <class F, class G>
  void both(const F& first, const G& second) {
    std::future<void> branch =
        start(Branch{&second, [](const void* body) { (*static_cast<const G*>(body))(); }});
    first();
    branch.get();
  }

  class Tasks {
   public:
    explicit Tasks(Library& library) : library_(library) {}

    template <class F>
    void spawn(F&& task) {
      std::future<void> started = library_.start(std::forward<F>(task));
      const std::lock_guard guard(lock_);
      tasks_.push_back(std::move(started));
    }

    // The youngest first: the others may have threads.
    void wait() {
      for (std::future<void> task; take(task);) {
        task.get();
      }
    }

   private:
    bool take(std::future<void>& task) {
      const std::lock_guard guard(lock_);
      if (tasks_.empty()) {
        return false;
      }
      task = std::move(tasks_.back());
      tasks_.pop_back();
      return true;
    }

    Library& library_;
    std::mutex lock_;
    std::vector<std::future<void>> tasks_;
  };

 private:
  Library(const SchedulerConfig& config, std::uint32_t threads)
      : places_(threads == 0 ? config.workers : threads),
        members_(threads == 0 ? config.workers : threads),
        cpus_(config.cpus) {
    // Where a branch cannot be pinned is found here, not in the branch.
    std::async(std::launch::async, [this] {
      for (const int cpu : cpus_) {
        peer::stay_on(cpu);
      }
    }).get();
  }

  // A second branch, of one type whatever it calls: a future has much to compile.
  struct Branch {
    const void* body;
    void (*call)(const void*);
    void operator()() const { call(body); }
  };

  // A thread's stay at its place.
  class Stay {
   public:
    Stay(Library& library, std::uint32_t place) : library_(library), place_(place) {
      library_.members_.enter(place_);
    }
    ~Stay() {
      library_.members_.leave(place_);
      library_.places_.give_back(place_);
    }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

   private:
    Library& library_;
    std::uint32_t place_;
  };

  template <class F>
  std::future<void> start(F&& body) {
    const std::uint32_t place = places_.take();
    if (place == 0) {
      return std::async(std::launch::deferred, std::forward<F>(body));
    }
    try {
      return std::async(std::launch::async, [this, place, kept = std::forward<F>(body)] {
        const Stay stay(*this, place);
        if (!cpus_.empty()) {
          peer::stay_on(cpus_[place % cpus_.size()]);
        }
        kept();
      });
    } catch (...) {  // the system refuses another thread
      places_.give_back(place);
      throw;
    }
  }

  Places places_;
  peer::Members members_;
  std::vector<int> cpus_;
};

class Scheduler : public peer::PeerScheduler<Library> {
 public:
  static constexpr std::string_view kName = "std_async";
  static constexpr std::string_view kSummary = "std::async: a thread for a branch, W at a time";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 1> kOptions{kThreads};
  static constexpr bool kKeepsThreads = false;

  // Throws an::Error for bad options.
  explicit Scheduler(const SchedulerConfig& config)
      : PeerScheduler((reject_unknown_options(config, kName, kOptions), config)) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::std_async
