#include "schedulers/heartbeat/idle_beat.hpp"

#include "schedulers/heartbeat/credit.hpp"

namespace an::schedulers::heartbeat {

IdleBeat::IdleBeat(std::uint32_t workers, std::uint64_t beat)
    : workers_(workers),
      period_(beat / Credit::kLooksPerBeat),
      words_(std::make_unique<stealing::Attention*[]>(workers)) {}

std::int64_t IdleBeat::next_look(WorkerId self, std::int64_t polls) noexcept {
  stealing::Attention& word = *words_[self];
  word.rest();
  // (D1) seq_cst; pairs with (D2): either this finds nobody watching, or whoever stops watching last sets
  // the word after it was cleared.
  if (watchers_.value.load(kSeqCst) > 0) {
    return 1;
  }
  word.ask();
  return polls;
}

void IdleBeat::begin_watch() noexcept {
  // (D3) relaxed; pairs with (D1), which takes nothing from it: seen late, a worker times itself.
  watchers_.value.fetch_add(1, kRelaxed);
}

void IdleBeat::watch(WorkerId self, std::uint64_t now) noexcept {
  std::uint64_t due = next_ring_.value.load(kStat);
  if (now < due || !next_ring_.value.compare_exchange_strong(due, now + period_, kStat, kStat)) {
    return;  // not yet, or another does it
  }
  for (WorkerId id = 0; id < workers_; ++id) {
    stealing::Attention& word = *words_[id];
    if (id != self && !word.is_wanted()) {  // a store would take the line from its owner
      word.ring();
    }
  }
}

void IdleBeat::end_watch(WorkerId self) noexcept {
  // (D2) seq_cst; pairs with (D1): see there.
  if (watchers_.value.fetch_sub(1, kSeqCst) > 1) {
    return;
  }
  for (WorkerId id = 0; id < workers_; ++id) {
    if (id != self) {
      words_[id]->ask();
    }
  }
}

}  // namespace an::schedulers::heartbeat
