#include "schedulers/resonance/phase_table.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/rng.hpp"

namespace an::schedulers::resonance {
namespace {

constexpr std::size_t kSlotsFirst = 1024;

}  // namespace

PhaseTable::PhaseTable(std::uint32_t quantum, std::uint64_t cache_bytes)
    : quantum_(quantum), slots_(kSlotsFirst, nullptr), ghost_(cache_bytes) {
  AN_ASSERT(quantum >= 1);
}

PhaseTable::~PhaseTable() {
  AN_ASSERT(is_empty());
  put_back();
  while (free_ != nullptr) {
    const std::unique_ptr<Cohort> cohort(free_);
    free_ = cohort->chain;
  }
}

Cohort*& PhaseTable::slot_of(std::uint64_t key) noexcept {
  return slots_[mix64(key) & (slots_.size() - 1)];
}

Cohort* PhaseTable::find(std::uint64_t key) noexcept {
  Cohort* cohort = slot_of(key);
  while (cohort != nullptr && cohort->key != key) {
    cohort = cohort->chain;
  }
  return cohort;
}

Cohort& PhaseTable::make(std::uint64_t key, std::uint32_t bytes) {
  Cohort* cohort = free_;
  if (cohort != nullptr) {
    free_ = cohort->chain;
  } else {
    cohort = new Cohort;
  }
  cohort->key = key;
  cohort->bytes = bytes;
  link(*cohort);
  return *cohort;
}

void PhaseTable::link(Cohort& cohort) {
  if (cohorts_ >= slots_.size()) {
    grow();
  }
  Cohort*& slot = slot_of(cohort.key);
  cohort.chain = slot;
  slot = &cohort;
  age_.push_back(cohort);
  ++cohorts_;
}

void PhaseTable::unlink(Cohort& cohort) {
  Cohort** at = &slot_of(cohort.key);
  while (*at != &cohort) {
    at = &(*at)->chain;
  }
  *at = cohort.chain;
  IntrusiveList<Cohort>::unlink(cohort);
  --cohorts_;
}

void PhaseTable::release(Cohort* cohort) {
  if (free_count_ == kFreeMax) {
    delete cohort;  // made by others, and stolen: here they would pile up
    return;
  }
  cohort->chain = free_;
  free_ = cohort;
  ++free_count_;
}

void PhaseTable::grow() {
  std::vector<Cohort*> old(slots_.size() * 2, nullptr);
  old.swap(slots_);
  for (Cohort* cohort : old) {
    while (cohort != nullptr) {
      Cohort* const next = cohort->chain;
      Cohort*& slot = slot_of(cohort->key);
      cohort->chain = slot;
      slot = cohort;
      cohort = next;
    }
  }
}

void PhaseTable::add(Job& task, Phase phase) {
  if (current_ != nullptr && current_->key == phase.key) {
    current_->tasks.push(task);
    return;
  }
  Cohort* cohort = find(phase.key);
  if (cohort == nullptr) {
    cohort = &make(phase.key, phase.bytes);
  }
  cohort->tasks.push(task);
}

Job* PhaseTable::next() {
  if (is_turn_over()) {
    put_back();
  }
  if (current_ == nullptr) {
    current_ = pick();
    if (current_ == nullptr) {
      return nullptr;
    }
    quantum_left_ = quantum_;
  }
  --quantum_left_;
  return current_->tasks.pop();
}

void PhaseTable::yield() {
  quantum_left_ = 0;
}

void PhaseTable::put_back() {
  if (current_ == nullptr) {
    return;
  }
  Cohort* const cohort = std::exchange(current_, nullptr);
  if (cohort->tasks.is_empty()) {
    release(cohort);
  } else {
    link(*cohort);
  }
}

// What grouping saves by serving this cohort now, in bytes not loaded again: one block if it is
// resident, and one for every task after the first.
std::uint64_t PhaseTable::score(const Cohort& cohort) const {
  const std::uint64_t tasks = std::min<std::uint64_t>(cohort.tasks.size(), quantum_);
  const std::uint64_t resident = ghost_.holds(cohort.key, cohort.bytes) ? 1 : 0;
  return std::max<std::uint64_t>(cohort.bytes, 1) * (tasks - 1 + resident);
}

Cohort* PhaseTable::pick() {
  Cohort* best = age_.front();
  if (best == nullptr) {
    return nullptr;
  }
  if (++picks_ % kOldestPeriod != 0) {
    std::uint64_t best_score = score(*best);
    const auto consider = [&](Cohort* candidate) {
      if (candidate != nullptr && score(*candidate) > best_score) {
        best = candidate;
        best_score = score(*candidate);
      }
    };
    for (const std::uint64_t key : ghost_.recent()) {
      consider(find(key));
    }
    Cohort* candidate = age_.after(*age_.front());
    for (int i = 1; i < kCandidatesMax && candidate != nullptr; ++i) {
      consider(candidate);
      candidate = age_.after(*candidate);
    }
  }
  unlink(*best);
  ghost_.touch(best->key);
  return best;
}

Cohort* PhaseTable::detach() {
  Cohort* best = age_.front();
  if (best == nullptr) {
    return nullptr;
  }
  const auto value = [&](const Cohort& cohort) {
    return ghost_.holds(cohort.key, cohort.bytes) ? 0 : cohort.tasks.size();
  };
  Cohort* candidate = age_.after(*best);
  for (int i = 1; i < kCandidatesMax && candidate != nullptr; ++i) {
    if (value(*candidate) > value(*best)) {
      best = candidate;
    }
    candidate = age_.after(*candidate);
  }
  unlink(*best);
  return best;
}

void PhaseTable::adopt(Cohort* cohort) {
  put_back();
  if (Cohort* same = find(cohort->key)) {
    while (Job* task = cohort->tasks.pop()) {
      same->tasks.push(*task);
    }
    release(cohort);
    unlink(*same);
    cohort = same;
  }
  current_ = cohort;
  quantum_left_ = quantum_;
  ++picks_;
  ghost_.touch(cohort->key);
}

}  // namespace an::schedulers::resonance
