// Ghost: what a worker's cache probably holds: the keys of the blocks its last cohorts touched. A
// direct-mapped table of recent keys, exact for tasks of one key and cheaper than a sketch.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/rng.hpp"

namespace an::schedulers::resonance {

class Ghost {
 public:
  static constexpr std::size_t kEntries = 256;

  explicit Ghost(std::uint64_t cache_bytes) : cache_bytes_(cache_bytes) {}

  // A cohort of `key` has begun.
  void touch(std::uint64_t key) {
    ++now_;
    entries_[slot_of(key)] = {key, now_};
    recent_[now_ % kRecent] = key;
  }

  // Whether the block of `key`, `bytes` long, is likely still resident: as many blocks of that size
  // as the cache holds have not been touched since. Unknown sizes count as kBytesUnknown.
  bool holds(std::uint64_t key, std::uint32_t bytes) const {
    const Entry& entry = entries_[slot_of(key)];
    const std::uint64_t size = bytes == 0 ? kBytesUnknown : bytes;
    const std::uint64_t blocks = std::min<std::uint64_t>(cache_bytes_ / size, kEntries);
    return entry.at != 0 && entry.key == key && now_ - entry.at < blocks;
  }

  // The keys of the last kRecent cohorts, in no order; 0 before there were so many.
  static constexpr std::size_t kRecent = 4;
  const std::array<std::uint64_t, kRecent>& recent() const { return recent_; }

 private:
  static constexpr std::uint64_t kBytesUnknown = 32768;
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t at = 0;  // 0 = never
  };
  static std::size_t slot_of(std::uint64_t key) { return mix64(key) % kEntries; }

  std::uint64_t cache_bytes_;
  std::uint64_t now_ = 0;
  std::array<Entry, kEntries> entries_{};
  std::array<std::uint64_t, kRecent> recent_{};
};

}  // namespace an::schedulers::resonance
