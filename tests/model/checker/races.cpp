#include "tests/model/checker/races.hpp"

#include <algorithm>
#include <tuple>

namespace an::model {

namespace {

constexpr std::uintptr_t kGranule = 8;

bool conflict(Access a, Access b) {
  if (a == Access::kRead || a == Access::kAtomicRead) {
    return b == Access::kWrite || b == Access::kFree ||
           (a == Access::kRead && b == Access::kAtomicWrite);
  }
  if (a == Access::kAtomicWrite) {
    return b != Access::kAtomicRead && b != Access::kAtomicWrite;
  }
  return true;
}

// Whether a later access that conflicts with `old` also conflicts with `fresh`, of the same thread.
bool covers(Access fresh, Access old) {
  return fresh == old || fresh == Access::kWrite ||
         (old == Access::kAtomicRead && fresh != Access::kRead) ||
         (old == Access::kAtomicRead && fresh == Access::kRead);
}

}  // namespace

void Races::watch(std::uintptr_t begin, std::uintptr_t end) {
  begin_ = begin;
  end_ = end;
  pages_.resize((end - begin) / kGranule / std::tuple_size_v<Page> + 1);
}

Races::Granule& Races::granule(std::size_t index) {
  auto& page = pages_[index / std::tuple_size_v<Page>];
  if (page == nullptr) {
    page = std::make_unique<Page>();
  }
  return (*page)[index % std::tuple_size_v<Page>];
}

// Null: nobody has accessed it, in any execution.
const Races::Granule* Races::find(std::uintptr_t address) const {
  const std::size_t index = (address - begin_) / kGranule;
  const auto& page = pages_[index / std::tuple_size_v<Page>];
  return page == nullptr ? nullptr : &(*page)[index % std::tuple_size_v<Page>];
}

bool Races::is_untouched(std::uintptr_t address) const {
  if (address < begin_ || end_ <= address) {
    return false;
  }
  const Granule* const granule = find(address);
  return granule == nullptr || !granule->is_touched;
}

bool Races::is_freed(std::uintptr_t address) const {
  if (is_untouched(address) || address < begin_ || end_ <= address) {
    return false;
  }
  const unsigned bit = 1U << address % kGranule;
  return std::ranges::any_of(find(address)->entries, [bit](const Entry& entry) {
    return entry.access == Access::kFree && (entry.mask & bit) != 0;
  });
}

void Races::reset() {
  for (const std::uint32_t index : touched_) {
    granule(index).entries.clear();
    granule(index).is_touched = false;
  }
  touched_.clear();
}

std::optional<Race> Races::access(std::uintptr_t address,
                                  std::size_t bytes,
                                  Access access,
                                  int self,
                                  Stamp stamp,
                                  const Clock& happened,
                                  std::uint64_t pc) {
  if (address < begin_ || address + bytes > end_) {
    return std::nullopt;
  }
  const std::uintptr_t stop = address + bytes;
  while (address < stop) {
    const std::uintptr_t start = address & ~(kGranule - 1);
    const std::uintptr_t upto = std::min(start + kGranule, stop);
    unsigned mask = 0;
    for (std::uintptr_t byte = address; byte < upto; ++byte) {
      mask |= 1U << (byte - start);
    }
    const std::size_t index = (start - begin_) / kGranule;
    if ((access == Access::kFree || access == Access::kTake) && is_untouched(start)) {
      constexpr std::size_t kPer = std::tuple_size_v<Page>;
      address =
          pages_[index / kPer] != nullptr ? upto : begin_ + (index / kPer + 1) * kPer * kGranule;
      continue;
    }
    Granule& accessed = granule(index);
    if (!accessed.is_touched) {
      accessed.is_touched = true;
      touched_.push_back(static_cast<std::uint32_t>(index));
    }
    const Entry entry{pc, stamp, static_cast<std::uint8_t>(mask), static_cast<std::int8_t>(self),
                      access};
    if (auto race = access_granule(accessed, entry, happened, start)) {
      return race;
    }
    address = upto;
  }
  return std::nullopt;
}

std::optional<Race> Races::access_granule(Granule& granule,
                                          const Entry& entry,
                                          const Clock& happened,
                                          std::uintptr_t address) {
  std::optional<Race> race;
  std::erase_if(granule.entries, [&](Entry& old) {
    if ((old.mask & entry.mask) == 0) {
      return false;
    }
    const bool is_ordered = old.thread == entry.thread || happened.covers(old.thread, old.stamp);
    if (entry.access == Access::kFree || entry.access == Access::kTake) {
      if (!is_ordered && conflict(old.access, entry.access)) {
        race = Race{address, old.thread, old.access, old.pc};
        return false;
      }
      old.mask &= static_cast<std::uint8_t>(~entry.mask);
      return old.mask == 0;
    }
    if (old.access == Access::kFree) {  // whoever it was and whatever orders them
      race = Race{address, old.thread, old.access, old.pc};
      return false;
    }
    if (old.thread == entry.thread) {
      if (!covers(entry.access, old.access)) {
        return false;
      }
      old.mask &= static_cast<std::uint8_t>(~entry.mask);
      return old.mask == 0;
    }
    if (!race && conflict(old.access, entry.access) && !is_ordered) {
      race = Race{address, old.thread, old.access, old.pc};
    }
    return false;
  });
  if (entry.access != Access::kTake) {
    granule.entries.push_back(entry);
  }
  return race;
}

void Races::forget(std::uintptr_t address, std::size_t bytes) {
  if (address < begin_ || address + bytes > end_) {
    return;
  }
  const std::size_t last = (address + bytes + kGranule - 1 - begin_) / kGranule;
  for (std::size_t i = (address - begin_) / kGranule; i < last; ++i) {
    if (!is_untouched(begin_ + i * kGranule)) {
      granule(i).entries.clear();
    }
  }
}

}  // namespace an::model
