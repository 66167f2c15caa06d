#include "workloads/quicksort.hpp"

#include <utility>

namespace an::workloads::quicksort {
namespace {

Key median(Key a, Key b, Key c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

// A key that is neither the only smallest nor the only largest: the median of nine of them.
Key pivot_of(const Key* keys, std::int64_t count) {
  const std::int64_t step = count / 9;
  const auto median_at = [keys, step](std::int64_t i) {
    return median(keys[i * step], keys[(i + 1) * step], keys[(i + 2) * step]);
  };
  return median(median_at(0), median_at(3), median_at(6));
}

}  // namespace

std::int64_t partition(Key* keys, std::int64_t count) {
  AN_DCHECK(count >= 16);
  const Key pivot = pivot_of(keys, count);
  // Hoare's scheme: both scans stop at keys equal to the pivot, so equal keys go to both sides. A
  // key at least as large as the pivot stops the first, one at most as large the second.
  std::int64_t low = 0;
  std::int64_t high = count - 1;
  while (true) {
    while (keys[low] < pivot) {
      ++low;
    }
    while (pivot < keys[high]) {
      --high;
    }
    if (low >= high) {
      break;
    }
    std::swap(keys[low++], keys[high--]);
  }
  return low;
}

}  // namespace an::workloads::quicksort
