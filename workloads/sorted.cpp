#include "workloads/sorted.hpp"

#include "core/base/rng.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::sorted {
namespace {

std::uint64_t digest_with(std::span<const Key> keys, std::uint64_t out_of_order) {
  std::uint64_t multiset = 0;
  for (const Key key : keys) {
    multiset += mix64(key + 0x9e3779b97f4a7c15ULL);
  }
  return fold(fold(fold(0, keys.size()), out_of_order), multiset);
}

}  // namespace

std::vector<Key> random_keys(std::size_t count, std::uint64_t seed) {
  std::vector<Key> keys(count);
  Rng rng(seed);
  for (Key& key : keys) {
    key = rng.next();
  }
  return keys;
}

std::uint64_t digest_of(std::span<const Key> keys) {
  std::uint64_t out_of_order = 0;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    out_of_order += keys[i] < keys[i - 1] ? 1 : 0;
  }
  return digest_with(keys, out_of_order);
}

std::uint64_t digest_in_order(std::span<const Key> keys) {
  return digest_with(keys, 0);
}

}  // namespace an::workloads::sorted
