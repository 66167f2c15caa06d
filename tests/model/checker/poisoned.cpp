#include "tests/model/checker/poisoned.hpp"

#include <algorithm>

namespace an::model {

void Poisoned::add(const Range& range) {
  cut(range.begin, range.end);
  const auto after = std::ranges::upper_bound(ranges_, range.begin, {}, &Range::begin);
  ranges_.insert(after, range);
}

void Poisoned::cut(std::uintptr_t begin, std::uintptr_t end) {
  auto range = std::ranges::upper_bound(ranges_, begin, {}, &Range::end);
  while (range != ranges_.end() && range->begin < end) {
    const Range whole = *range;
    range = ranges_.erase(range);
    if (end < whole.end) {
      range = ranges_.insert(range, whole);
      range->begin = end;
    }
    if (whole.begin < begin) {
      range = ranges_.insert(range, whole);
      range->end = begin;
      ++range;
    }
  }
}

const Poisoned::Range* Poisoned::find(std::uintptr_t begin, std::uintptr_t end) const {
  const auto range = std::ranges::upper_bound(ranges_, begin, {}, &Range::end);
  return range != ranges_.end() && range->begin < end ? &*range : nullptr;
}

}  // namespace an::model
