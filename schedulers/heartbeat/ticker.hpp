// Ticker: beats from one thread for all workers. A worker that has looked at the clock asks; at its
// next beat, at most one beat later, the thread sets the words of all that have asked by then.
//
// Workers ask only while somebody is idle, and not while they run a leaf or sleep. After a beat in
// which nobody asked the thread sleeps until somebody does: neither a machine at rest nor one where
// all are busy is woken.
//
// I1: a worker whose word was cleared in next_look() has its request set until the thread, or stop(),
//     takes it and sets the word: no request is lost.
#pragma once

#include <memory>

#include "core/base/cache_line.hpp"
#include "core/base/clock.hpp"
#include "core/base/tally.hpp"
#include "core/base/thread.hpp"
#include "schedulers/heartbeat/beat.hpp"

namespace an::schedulers::heartbeat {

class Ticker final : public Beat {
 public:
  // Throws an::Error when the system refuses the thread.
  Ticker(std::uint32_t workers, Nanos beat_ns);
  ~Ticker() override { stop(); }

  void add(WorkerId self, stealing::Attention& word) override;
  void enter(WorkerId /*self*/) noexcept override {}
  std::int64_t next_look(WorkerId self, std::int64_t polls) noexcept override;
  void stop() noexcept override;

  // Whether the thread sleeps, or is about to, until somebody asks.
  bool is_asleep() const noexcept { return state_.load(kStat) == kAsleep; }
  // Words set so far.
  std::uint64_t rings() const noexcept { return rings_.value(); }

 private:
  static constexpr std::uint32_t kBeating = 0;
  static constexpr std::uint32_t kAsleep = 1;
  static constexpr std::uint32_t kStopped = 2;

  // One a worker.
  struct alignas(kNoSharing) Request {
    Atomic<bool> wanted = false;
    stealing::Attention* word = nullptr;
  };

  void beat(Nanos beat_ns) noexcept;
  void wait_a_beat(Nanos beat_ns) noexcept;
  void sleep_until_asked() noexcept;
  bool anyone_asks() const noexcept;
  // Whether there was any.
  bool ring_all() noexcept;

  std::uint32_t workers_;
  std::unique_ptr<Request[]> requests_;
  Tally rings_;
  Atomic<std::uint32_t> state_ = kBeating;  // the futex
  Thread thread_;
};

}  // namespace an::schedulers::heartbeat
