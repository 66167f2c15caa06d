// Which parts of the address space a program has mapped for itself, and how many of their bytes it
// may touch: the meter's book-keeping for mmap, munmap, mremap and mprotect. A sorted array, because
// the meter may not allocate. Addresses are multiples of the page; ranges are half open.
//
// I1: ranges are disjoint, not empty, and ascend.
// I2: usable_bytes() is the sum over the usable ones.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/assert.hpp"

namespace an::harness {

class MappedRanges {
 public:
  using Address = std::uintptr_t;
  static constexpr std::size_t kRangesMax = 1 << 15;

  // [begin, end) is mapped now, whatever was there before; `usable` unless it is only reserved
  // (PROT_NONE).
  void map(Address begin, Address end, bool usable) {
    unmap(begin, end);
    if (begin < end) {
      insert(first_from(begin), {begin, end, usable});
      usable_bytes_ += usable ? size_of(begin, end) : 0;
      join(begin);
      join(end);
    }
  }

  // [begin, end) is no longer mapped. What was not known to be stays unknown.
  void unmap(Address begin, Address end) {
    split(begin);
    split(end);
    const std::size_t first = first_from(begin);
    const std::size_t last = std::max(first, first_from(end));
    for (std::size_t i = first; i < last; ++i) {
      usable_bytes_ -= ranges_[i].usable ? size_of(ranges_[i].begin, ranges_[i].end) : 0;
    }
    std::copy(ranges_.begin() + at(last), ranges_.begin() + at(count_),
              ranges_.begin() + at(first));
    count_ -= last - first;
  }

  // What is known of [begin, end) becomes usable, or reserved.
  void protect(Address begin, Address end, bool usable) {
    split(begin);
    split(end);
    const std::size_t last = first_from(end);
    for (std::size_t i = first_from(begin); i < last; ++i) {
      Range& range = ranges_[i];
      const std::int64_t bytes = size_of(range.begin, range.end);
      usable_bytes_ += (usable ? bytes : 0) - (range.usable ? bytes : 0);
      range.usable = usable;
    }
    join(begin);
    join(end);
  }

  // Whether `address` lies in a known range.
  bool holds(Address address) const {
    const std::size_t after = first_from(address + 1);
    return after > 0 && address < ranges_[after - 1].end;
  }

  std::int64_t usable_bytes() const { return usable_bytes_; }
  std::size_t count() const { return count_; }

 private:
  struct Range {
    Address begin, end;
    bool usable;
  };

  static std::ptrdiff_t at(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }
  static std::int64_t size_of(Address begin, Address end) {
    return static_cast<std::int64_t>(end - begin);
  }

  // Index of the first range that begins at `address` or above.
  std::size_t first_from(Address address) const {
    const auto* found =
        std::lower_bound(ranges_.data(), ranges_.data() + count_, address,
                         [](const Range& range, Address limit) { return range.begin < limit; });
    return static_cast<std::size_t>(found - ranges_.data());
  }

  void insert(std::size_t index, Range range) {
    AN_ASSERT(count_ < kRangesMax);
    std::copy_backward(ranges_.begin() + at(index), ranges_.begin() + at(count_),
                       ranges_.begin() + at(count_ + 1));
    ranges_[index] = range;
    ++count_;
  }

  // Makes `address` a boundary if it lies inside a range.
  void split(Address address) {
    const std::size_t after = first_from(address);
    if (after > 0 && address < ranges_[after - 1].end) {
      Range& left = ranges_[after - 1];
      const Range right{address, left.end, left.usable};
      left.end = address;
      insert(after, right);
    }
  }

  // Makes one range of two equal ones that touch at `address`.
  void join(Address address) {
    const std::size_t right = first_from(address);
    if (right == 0 || right == count_ || ranges_[right].begin != address ||
        ranges_[right - 1].end != address || ranges_[right - 1].usable != ranges_[right].usable) {
      return;
    }
    ranges_[right - 1].end = ranges_[right].end;
    std::copy(ranges_.begin() + at(right + 1), ranges_.begin() + at(count_),
              ranges_.begin() + at(right));
    --count_;
  }

  std::array<Range, kRangesMax> ranges_{};
  std::size_t count_ = 0;
  std::int64_t usable_bytes_ = 0;
};

}  // namespace an::harness
