// asio_pool: Boost.Asio as a thread pool: one io_context that W-1 threads and the caller run. Asio's
// documentation offers boost::asio::thread_pool for this; it cannot lend its queue to a thread that
// waits, and so could not run nested waits on a fixed number of threads. io_context can (poll_one), and
// is the queue underneath both: first in first out, one lock, sleepers on a condition variable.
//
// Tasks are what Asio has: post(). It has no join. Ours offers the second branch with post and calls the
// first; then it withdraws the offer, or, if another thread has begun the branch, runs other handlers until
// it has ended. A withdrawn offer stays in the queue until somebody meets it; while `offers` of them are
// there, a fork is a call. So with one worker nearly every fork of a large run is one.
//
// When it wins: handlers of microseconds and more, mixed with I/O, for which it was made. When it loses:
// small tasks (each takes the lock twice) and recursion (the queue is first in first out).
//
// I1: an offer is decided once, by the joiner's exchange or the taker's. Who withdraws it does not touch
//     it again, and its handler frees it; who sees it ended frees it.
// I2: running other handlers while waiting cannot deadlock: what is waited for began after its waiter, so
//     the wait that began last waits for something that is queued or runs.
//
// Asio: C. Kohlhoff; Boost 1.74, "Threads and Boost.Asio" and the reference of post.
#pragma once

#include <array>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/require.hpp>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/pool/worker_threads.hpp"
#include "schedulers/peer/peer_scheduler.hpp"

namespace an::schedulers::asio_pool {

namespace asio = boost::asio;

inline constexpr OptionSpec kOffers{
    "offers", "1024", "branches in the queue; while there are as many, a fork is a call",
    "1..1048576"};

// A branch that another thread may begin.
class Offer {
 public:
  using Run = void (*)(const void* branch);

  Offer(Run run, const void* branch) noexcept : run_(run), branch_(branch) {}

  // Joiner: whether the branch is still its own. Then the offer is gone.
  bool withdraw() noexcept {
    State expected = kOpen;
    // (A1) release; pairs with (A2): the taker frees the offer after we have left it. If relaxed:
    // contract_asio_pool under ThreadSanitizer. Failure publishes nothing: (A4) sees the end.
    return state_.compare_exchange_strong(expected, kWithdrawn, kRelease, kStat);
  }
  // Taker: runs the branch; false when it was withdrawn. After true the offer may be gone.
  bool take() {
    State expected = kOpen;
    // (A2) acquire; pairs with (A1): on failure, see there. Success is relaxed: the branch was written
    // before the offer was posted, under Asio's lock.
    if (!state_.compare_exchange_strong(expected, kTaken, kStat, kAcquire)) {
      return false;
    }
    run_(branch_);
    // (A3) release; pairs with (A4): publishes the branch's effects and result. If relaxed, the
    // joiner could read a result that was never written: contract_asio_pool under ThreadSanitizer.
    state_.store(kEnded, kRelease);
    return true;
  }
  bool has_ended() const noexcept {
    // (A4) acquire; pairs with (A3): see there.
    return state_.load(kAcquire) == kEnded;
  }

 private:
  enum State : std::uint32_t { kOpen, kWithdrawn, kTaken, kEnded };

  Run run_;
  const void* branch_;
  Atomic<State> state_ = kOpen;
};

class Library {
 public:
  explicit Library(const SchedulerConfig& config)
      : offers_max_(config.integer_option(kOffers, 1, 1 << 20)),
        members_(config.workers),
        open_(context_.get_executor()) {
    threads_.start("asio", config.workers, config.cpus, [this](WorkerId self) {
      members_.enter(self);
      context_.run();
      members_.leave(self);
    });
  }
  // What is left in the queue was withdrawn; it still has to be freed.
  ~Library() {
    open_.reset();
    context_.poll();
    threads_.stop([] {});
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const peer::Members& members() const noexcept { return members_; }

  template <class Body>
  void enter(const Body& body) {
    members_.enter(0);
    body();
    members_.leave(0);
  }

  template <class F, class G>
  void both(const F& first, const G& second) {
    if (offers_.load(kStat) >= offers_max_) {
      first();
      second();
      return;
    }
    auto* const offer =
        new Offer([](const void* branch) { (*static_cast<const G*>(branch))(); }, &second);
    offers_.fetch_add(1, kStat);
    post([this, offer] {
      offers_.fetch_sub(1, kStat);
      if (!offer->take()) {
        delete offer;
      }
    });
    first();
    if (offer->withdraw()) {
      second();
      return;
    }
    work_until([offer] { return offer->has_ended(); });
    delete offer;
  }

  class Tasks {
   public:
    explicit Tasks(Library& library) : library_(library) {}

    template <class F>
    void spawn(F&& task) {
      library_.post(Handler<std::decay_t<F>>{Counted(left_), std::forward<F>(task)});
    }
    void wait() {
      library_.work_until([this] {
        // (A6) acquire; pairs with (A5): the effects of every task that has ended.
        return left_.load(kAcquire) == 0;
      });
    }

   private:
    // One of the tasks that are left, from the spawn until its callable is destroyed.
    class Counted {
     public:
      explicit Counted(Atomic<std::int64_t>& left) noexcept : left_(&left) {
        left.fetch_add(1, kStat);
      }
      Counted(Counted&& other) noexcept : left_(std::exchange(other.left_, nullptr)) {}
      Counted& operator=(Counted&&) = delete;
      ~Counted() {
        if (left_ != nullptr) {
          // (A5) release; pairs with (A6): publishes the task's effects; the last access to the group.
          // If relaxed: contract_asio_pool under ThreadSanitizer.
          left_->fetch_sub(1, kRelease);
        }
      }

     private:
      Atomic<std::int64_t>* left_;
    };

    template <class F>
    struct Handler {
      void operator()() const { task(); }

      Counted counted;  // destroyed after the task
      F task;
    };

    Library& library_;
    Atomic<std::int64_t> left_ = 0;
  };

 private:
  // What asio::post(context_, handler) means, without its wrapper, which keeps parts of a handler until
  // after its end: a task is destroyed before its group.
  template <class Handler>
  void post(Handler&& handler) {
    asio::require(context_.get_executor(), asio::execution::blocking.never)
        .execute(std::forward<Handler>(handler));
  }

  // Runs handlers until `is_done`. With none to run it does not sleep: what it waits for runs now.
  template <class Done>
  void work_until(const Done& is_done) {
    for (Backoff backoff; !is_done();) {
      if (context_.poll_one() > 0) {
        backoff.reset();
      } else {
        backoff.wait();
      }
    }
  }

  std::int64_t offers_max_;
  Atomic<std::int64_t> offers_ = 0;
  peer::Members members_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> open_;
  WorkerThreads threads_;
};

class Scheduler : public peer::PeerScheduler<Library> {
 public:
  static constexpr std::string_view kName = "asio_pool";
  static constexpr std::string_view kSummary =
      "Boost.Asio: post to an io_context; joins withdraw or help";
  static constexpr std::uint32_t kWorkersLimit = kWorkersMax;
  static constexpr std::array<OptionSpec, 1> kOptions{kOffers};

  // Throws an::Error for bad options, or when threads cannot be started or pinned.
  explicit Scheduler(const SchedulerConfig& config)
      : PeerScheduler((reject_unknown_options(config, kName, kOptions), config)) {}
};

static_assert(an::Scheduler<Scheduler>);

}  // namespace an::schedulers::asio_pool
