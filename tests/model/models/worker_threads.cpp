#include "core/pool/worker_threads.hpp"

#include <memory>

#include "core/pool/futex_driver.hpp"
#include "core/pool/parking.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/items.hpp"

namespace an::model {

namespace {

// A crew that runs items until it is told to stop, as Crew::work does.
class Crew {
 public:
  // `looks_again`: for the stop, after the announcement.
  explicit Crew(std::uint32_t workers, bool looks_again = true)
      : looks_again_(looks_again), parking_(workers, std::make_unique<FutexDriver>(workers)) {
    threads_.start("an", workers, {}, [this](WorkerId self) { work(self); });
  }
  ~Crew() {
    threads_.stop([this] { parking_.notify_all(); });
  }

  void publish() {
    items_.add(1);
    parking_.notify_one(Interest::kAnyWork);
  }
  // What is done before the stop is visible to workers that leave.
  void set_at_stop(int value) { at_stop_ = value; }

 private:
  void work(WorkerId self) {
    const auto stays = [this] {
      return (looks_again_ && threads_.is_stopping()) || items_.can_be_seen();
    };
    while (!threads_.is_stopping()) {
      if (items_.take()) {
        ++runs_;
      } else {
        parking_.park(self, Interest::kAnyWork, stays);
      }
    }
    require(at_stop_ == 1, "what happened before the stop is visible");
  }

  bool looks_again_;
  Parking parking_;
  Items items_;
  int runs_ = 0;
  int at_stop_ = 0;
  WorkerThreads threads_;
};

}  // namespace

AN_MODEL(threads_stop_while_parking, {.preemptions = 3}) {
  Crew crew(2);
  crew.set_at_stop(1);
}

// core/pool/README.md, "Stopping", without the second half of step 2.
AN_MODEL(threads_stop_overtakes, {.preemptions = 2, .finds = "sleeps on a futex"}) {
  Crew crew(2, false);
  crew.set_at_stop(1);
}

AN_MODEL(threads_stop_while_busy, {.preemptions = 2, .preemptions_deep = 3}) {
  Crew crew(2);
  crew.publish();
  crew.set_at_stop(1);
}

AN_MODEL(threads_stop_two, {.preemptions = 1, .preemptions_deep = 2}) {
  Crew crew(3);
  crew.set_at_stop(1);
}

// start() returns when everybody has arrived, and what was written before is visible to the bodies; a
// stop at once may find them before their first step. A second stop does nothing.
AN_MODEL(threads_start_and_stop, {}) {
  const auto count = std::make_unique<int>(1);
  int runs = 0;
  WorkerThreads threads;
  threads.start("an", 2, {}, [&](WorkerId self) {
    require(self == 1 && *count == 1, "the body has its number");
    ++runs;
  });
  threads.stop([] {});
  threads.stop([] {});
  require(runs <= 1, "the body is called at most once");
}

}  // namespace an::model
