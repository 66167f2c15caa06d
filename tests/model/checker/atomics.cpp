#include "tests/model/checker/atomics.hpp"

#include <cstring>

namespace an::model {

namespace {

constexpr std::size_t kBuckets = std::size_t{1} << 16;  // more than atomics in any model

std::uint64_t memory_at(std::uintptr_t address, std::uint32_t bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(address), bytes);
  return value;
}

std::size_t bucket_of(std::uintptr_t address) {
  return (address * 0x9E3779B97F4A7C15ULL >> 40) % kBuckets;
}

}  // namespace

void Atomics::reset() {
  threads_.fill(ThreadView{});
  if (buckets_.empty()) {
    buckets_.assign(kBuckets, 0);
  }
  for (const std::uint32_t bucket : used_buckets_) {
    buckets_[bucket] = 0;
  }
  used_buckets_.clear();
  used_ = 0;
  fenced_ = Clock{};
  sc_accesses_ = 0;
  changes_ = 0;
}

Location& Atomics::at(std::uintptr_t address, std::uint32_t bytes) {
  std::size_t bucket = bucket_of(address);
  while (buckets_[bucket] != 0 && locations_[buckets_[bucket] - 1].address != address) {
    bucket = (bucket + 1) % kBuckets;
  }
  if (buckets_[bucket] == 0) {
    if (used_ == locations_.size()) {
      locations_.emplace_back();
    }
    Location& fresh = locations_[used_++];
    fresh.address = address;
    fresh.name = static_cast<std::uint32_t>(used_);
    fresh.history.clear();
    buckets_[bucket] = static_cast<std::uint32_t>(used_);
    used_buckets_.push_back(static_cast<std::uint32_t>(bucket));
  }
  Location& location = locations_[buckets_[bucket] - 1];
  const std::uint64_t in_memory = memory_at(address, bytes);
  if (location.history.empty() || location.bytes != bytes || location.last().value != in_memory) {
    location.bytes = bytes;
    location.history.assign(1, Message{in_memory, View{}, 0, 0, 0});
    for (auto& sightings : location.sightings) {
      sightings.clear();
    }
    location.sc_accesses.clear();
  }
  return location;
}

void Atomics::forget(std::uintptr_t begin, std::uintptr_t end) {
  if (end - begin <= sizeof(std::uint64_t)) {  // the constructor of an atomic
    std::size_t bucket = bucket_of(begin);
    while (buckets_[bucket] != 0) {
      Location& location = locations_[buckets_[bucket] - 1];
      if (location.address == begin) {
        location.history.clear();
        return;
      }
      bucket = (bucket + 1) % kBuckets;
    }
    return;
  }
  for (std::size_t i = 0; i < used_; ++i) {
    if (begin <= locations_[i].address && locations_[i].address < end) {
      locations_[i].history.clear();
    }
  }
}

std::uint32_t Atomics::oldest_readable(const Location& location, int self, Order order) const {
  const ThreadView& thread = threads_[self];
  const bool is_sc = order == Order::kSeqCst;
  const std::uint32_t sc_seen = std::max(thread.now.sc_seen, thread.waited_sc);
  std::uint32_t oldest = 0;
  for (int other = 0; other < kThreadsMax; ++other) {
    const auto& sightings = location.sightings[other];
    const Stamp seen = std::max(thread.now.seen.at[other], thread.waited.at[other]);
    const Stamp until = is_sc ? std::max(seen, fenced_.at[other]) : seen;
    for (auto sighting = sightings.rbegin(); sighting != sightings.rend(); ++sighting) {
      if (sighting->stamp <= until) {
        oldest = std::max(oldest, sighting->index);
        break;
      }
    }
  }
  for (auto store = location.sc_accesses.rbegin(); store != location.sc_accesses.rend(); ++store) {
    if (is_sc || store->number <= sc_seen) {
      return std::max(oldest, store->index);
    }
  }
  return oldest;
}

void Atomics::sight(Location& location, int self, std::uint32_t index) {
  auto& sightings = location.sightings[self];
  if (sightings.empty() || sightings.back().index != index) {
    sightings.push_back({threads_[self].now.happened.at[self], index});
  }
}

void Atomics::read(Location& location, int self, std::uint32_t index, Order order) {
  ThreadView& thread = threads_[self];
  const Message& message = location.history[index];
  if (acquires(order)) {
    thread.now.join(message.view);
  } else {
    thread.pending.join(message.view);
  }
  sight(location, self, index);
  // Whoever comes later in S reads no older message, and none that is new: it was there.
  auto& sc = location.sc_accesses;
  if (order == Order::kSeqCst && index > (sc.empty() ? 0 : sc.back().index)) {
    sc.push_back({++sc_accesses_, index});
  }
}

void Atomics::write(Location& location,
                    int self,
                    std::uint64_t value,
                    Order order,
                    bool after_read,
                    std::uint64_t pc) {
  ThreadView& thread = threads_[self];
  View view = releases(order) ? thread.now : thread.released;
  if (after_read) {
    view.join(location.last().view);
  }
  changes_ += value != location.last().value ? 1 : 0;
  location.history.push_back(Message{value, view, self, thread.now.happened.at[self], pc});
  sight(location, self, location.last_index());
  if (order == Order::kSeqCst) {
    location.sc_accesses.push_back({++sc_accesses_, location.last_index()});
  }
  std::memcpy(reinterpret_cast<void*>(location.address), &value, location.bytes);
}

void Atomics::fence(int self, Order order) {
  ThreadView& thread = threads_[self];
  if (acquires(order)) {
    thread.now.join(thread.pending);
  }
  if (order == Order::kSeqCst) {
    thread.now.seen.join(fenced_);
    thread.now.sc_seen = sc_accesses_;
    fenced_.join(thread.now.seen);
  }
  if (releases(order)) {
    thread.released = thread.now;
  }
}

void Atomics::see_everything(int self) {
  for (int other = 0; other < kThreadsMax; ++other) {
    threads_[self].waited.at[other] = threads_[other].now.happened.at[other];
  }
  threads_[self].waited_sc = sc_accesses_;
}

}  // namespace an::model
