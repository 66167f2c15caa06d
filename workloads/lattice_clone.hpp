// lattice_clone: the "lattice operation" of claim C5 as it was measured: a lattice of 16^3 doubles,
// 32,768 bytes, is cloned, that is allocated and copied, and the clone before it is freed. It
// schedules nothing: it runs on the root alone and is here to put the claimed figure beside ours.
// lattice.hpp is the claim in earnest.
//
// Source: bench/main.zig of lib/lazuline in SCRIBBLE (claim C5: 2,881.88 ns). Operation: one clone.
// n lattices are cloned in turn, at least 1,024 clones a run: n = 1 is the loop of the claim, one
// lattice that stays in the cache; 64 (4 MiB with the clones) leave the level-1 cache, 4096 (256 MiB)
// every cache. Before each clone one site of the original is incremented, so that no clone is equal
// to the last one. The seed gives the sites.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/lattice.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::lattice_clone {

using lattice::Sites;

inline constexpr std::int64_t kClonesMin = 1024;

// What is timed. A real call, so that neither allocation nor copy can be dropped.
[[gnu::noinline]] Sites clone_of(const Sites& original);

// Clone number k of a run increments this site of its original first.
constexpr std::size_t site_of(std::int64_t k) {
  return static_cast<std::size_t>(k % lattice::kSites);
}

struct Workload {
  static constexpr std::string_view kName = "lattice_clone";
  static constexpr std::string_view kSummary = "allocate and copy 32 KiB, root only: claim C5";
  static constexpr std::string_view kSource = "SCRIBBLE lib/lazuline/bench/main.zig; claim C5";
  static constexpr std::string_view kOperation = "clone";
  static constexpr std::string_view kParameter = "lattices";
  static constexpr std::array<NamedSize, 3> kSizes{{{"small", 1}, {"medium", 64}, {"large", 4096}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 16;  // 4 GiB

  struct Input {
    std::vector<Sites> originals;
    std::vector<Sites> clones;
    std::int64_t operations;
    std::uint64_t seed;
  };
  using Answer = Unit;  // the answer is in Input::clones

  static Input prepare(std::int64_t n, std::uint64_t seed);
  // Spoils the clones, but keeps their memory: a run starts with as many as it ends with.
  static void reset(Input& input);

  template <ForkJoinWorker W>
  static Answer run(W /*worker*/, Input& input) {
    std::size_t i = 0;
    for (std::int64_t k = 0; k < input.operations; ++k) {
      input.originals[i][site_of(k)] += 1;
      input.clones[i] = clone_of(input.originals[i]);
      i = i + 1 == input.originals.size() ? 0 : i + 1;
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& answer);
  // The weights of the start and of the increments, added: clones nothing.
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) {
    return static_cast<std::uint64_t>(input.operations);
  }
  static std::int64_t footprint_bytes(std::int64_t n) { return (2 * n + 1) * lattice::kBytes; }
  static std::vector<Note> notes(const Input& input) {
    const auto lattices = static_cast<std::int64_t>(input.originals.size());
    return {{"lattice_bytes", lattice::kBytes},
            {"resident_bytes", 2 * lattices * lattice::kBytes},
            {"moved_bytes_per_op", 2 * lattice::kBytes}};
  }
};

}  // namespace an::workloads::lattice_clone
