// What the sorting workloads share: their keys and the check of their answer. Not a workload.
//
// An array is the right answer when it is in order and holds the keys of the input, each as often.
// Two numbers say so: how many neighbours are out of order, and a hash of the multiset of keys (the
// sum of mix64 over them; Wegman and Carter, "New hash functions and their use in authentication
// and set equality", JCSS 1981). Neither needs a second sort. A key lost, doubled or altered
// changes the hash, one out of place the count.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace an::workloads::sorted {

using Key = std::uint64_t;

// `count` keys, uniform over [0, 2^64), from the seed.
std::vector<Key> random_keys(std::size_t count, std::uint64_t seed);

// The digest of `keys` as they stand.
std::uint64_t digest_of(std::span<const Key> keys);

// The digest `keys` will have once they are in order. They need not be.
std::uint64_t digest_in_order(std::span<const Key> keys);

}  // namespace an::workloads::sorted
