#include "schedulers/heartbeat/ticker.hpp"

#include <sys/prctl.h>

#include "core/base/futex.hpp"

namespace an::schedulers::heartbeat {

Ticker::Ticker(std::uint32_t workers, Nanos beat_ns)
    : workers_(workers),
      requests_(std::make_unique<Request[]>(workers)),
      thread_("an-ticker", [this, beat_ns] { beat(beat_ns); }) {}

void Ticker::add(WorkerId self, stealing::Attention& word) {
  // Published to the thread by the first request (T1).
  requests_[self].word = &word;
}

std::int64_t Ticker::next_look(WorkerId self, std::int64_t polls) noexcept {
  Request& request = requests_[self];
  request.word->rest();
  // (T1) seq_cst; pairs with (T2), (T3): whoever takes the request sets the word after it was
  // cleared. And with (T4), (T5): either the thread, or stop(), sees the request, or (T6) sees that
  // it sleeps or has ended.
  request.wanted.store(true, kSeqCst);
  // (T6) seq_cst; pairs with (T4), (T5): see (T1).
  std::uint32_t state = state_.load(kSeqCst);
  if (state == kStopped) {
    request.word->ask();
    return polls;
  }
  // (T7) relaxed; pairs with (T4): the kernel compares the word, and what the thread does next it
  // does with a look at the requests. If it fails another has woken it, or it was stopped.
  if (state == kAsleep && state_.compare_exchange_strong(state, kBeating, kRelaxed, kRelaxed)) {
    futex_wake(state_, 1);
  }
  return 1;
}

void Ticker::stop() noexcept {
  // (T5) seq_cst; pairs with (T6): see (T1).
  if (state_.exchange(kStopped, kSeqCst) == kStopped) {
    return;
  }
  futex_wake(state_, 1);
  thread_.join();
  ring_all();
}

void Ticker::beat(Nanos beat_ns) noexcept {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // ns; by default a beat would be 50 us late
  // (T8) relaxed; pairs with (T5): stop() rings whom this leaves waiting.
  while (state_.load(kRelaxed) != kStopped) {
    wait_a_beat(beat_ns);
    if (!ring_all()) {
      sleep_until_asked();
    }
  }
}

void Ticker::wait_a_beat(Nanos beat_ns) noexcept {
  const Deadline end = Deadline::after(beat_ns);
  // (T9) relaxed; pairs with (T5), as (T8).
  while (state_.load(kRelaxed) == kBeating && futex_wait(state_, kBeating, end)) {
  }
}

void Ticker::sleep_until_asked() noexcept {
  std::uint32_t expected = kBeating;
  // (T4) seq_cst; pairs with (T6): see (T1). Not a store, which could undo a stop.
  state_.compare_exchange_strong(expected, kAsleep, kSeqCst, kRelaxed);
  expected = kAsleep;
  // (T10) relaxed; pairs with (T7): a second waking changes nothing.
  if (anyone_asks() && state_.compare_exchange_strong(expected, kBeating, kRelaxed, kRelaxed)) {
    return;
  }
  // (T11) relaxed; pairs with (T7), (T5), as (T8).
  while (state_.load(kRelaxed) == kAsleep) {
    futex_wait(state_, kAsleep, Deadline::never());
  }
}

bool Ticker::anyone_asks() const noexcept {
  for (WorkerId id = 0; id < workers_; ++id) {
    // (T3) seq_cst; pairs with (T1): see there.
    if (requests_[id].wanted.load(kSeqCst)) {
      return true;
    }
  }
  return false;
}

bool Ticker::ring_all() noexcept {
  bool rang = false;
  for (WorkerId id = 0; id < workers_; ++id) {
    Request& request = requests_[id];
    // (T2) seq_cst; pairs with (T1): see there. After (T5) a load that is old would leave a request
    // unanswered: model heartbeat_ticker_stop. The exchange takes its order from the load, and does not undo
    // one that comes later.
    if (request.wanted.load(kSeqCst) && request.wanted.exchange(false, kStat)) {
      request.word->ring();
      rings_.add();
      rang = true;
    }
  }
  return rang;
}

}  // namespace an::schedulers::heartbeat
