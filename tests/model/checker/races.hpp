// Races: finds conflicting accesses that nothing orders, one of them plain. Exact per byte: every
// granule of eight bytes keeps the accesses that no later one of the same thread covers.
//
// After FastTrack (C. Flanagan, S. Freund, PLDI 2009), with full access lists instead of epochs:
// models are small.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tests/model/checker/clock.hpp"

namespace an::model {

// kTake: freed memory of a pool is in use again.
enum class Access : std::uint8_t { kRead, kWrite, kAtomicRead, kAtomicWrite, kFree, kTake };

struct Race {
  std::uintptr_t address;
  int thread;  // whose access came first
  Access access;
  std::uint64_t pc;
};

class Races {
 public:
  // Watches [begin, end).
  void watch(std::uintptr_t begin, std::uintptr_t end);
  void reset();

  // Thread `self`, which knows `happened`, accesses [address, address + bytes) as its operation
  // number `stamp`. The access that conflicts with it, if there is one.
  std::optional<Race> access(std::uintptr_t address,
                             std::size_t bytes,
                             Access access,
                             int self,
                             Stamp stamp,
                             const Clock& happened,
                             std::uint64_t pc);
  // Whether nobody has accessed the granule that `address` lies in. A free leaves it so: there was
  // nothing it could race with.
  bool is_untouched(std::uintptr_t address) const;
  // Whether the last that was done to the byte at `address` was a free.
  bool is_freed(std::uintptr_t address) const;
  // The memory is new: what was done to it before does not count.
  void forget(std::uintptr_t address, std::size_t bytes);

 private:
  struct Entry {
    std::uint64_t pc;
    Stamp stamp;
    std::uint8_t mask;  // of the granule's bytes
    std::int8_t thread;
    Access access;
  };
  struct Granule {
    std::vector<Entry> entries;
    bool is_touched = false;
  };

  const Granule* find(std::uintptr_t address) const;
  std::optional<Race> access_granule(Granule& granule,
                                     const Entry& entry,
                                     const Clock& happened,
                                     std::uintptr_t address);

  using Page = std::array<Granule, 512>;

  Granule& granule(std::size_t index);

  std::uintptr_t begin_ = 0;
  std::uintptr_t end_ = 0;
  std::vector<std::unique_ptr<Page>> pages_;  // null: never touched in any execution
  std::vector<std::uint32_t> touched_;
};

}  // namespace an::model
