// tile_updates: n tasks, each streaming once over one of n / 16 tiles of 8 KiB, in random order.
// The phased workload: every task says which tile it touches, and a scheduler that runs the tasks
// of one tile back to back loads it once instead of up to sixteen times.
//
// Source: the data-grouping family: cohort scheduling (Larus and Parkes, USENIX ATC 2002), spatial
// hints (Jeffrey et al., MICRO 2016), propagation blocking (Beamer et al., IPDPS 2017). What
// decides is rho, the number of ready tasks per tile: with random tiles, grouping loads
// (1 - e^-rho) / rho tiles per task. Here all tasks are spawned before the root waits, and rho
// = 16. Operation: one task. Sizes: n = 4,096 (256 tiles, 2 MiB), 65,536 (4,096, 32 MiB), 524,288
// (32,768, 256 MiB). Above 2^20 tasks the tiles stay 65,536 and rho grows.
//
// The arithmetic is a wrapping sum, so order does not matter, but a task dropped or run twice
// changes its tile. A scheduler may run two tasks of one tile at once, so a task owns the tile
// through a spin lock in the tile's first line. It is free nearly always (two of P workers meet on
// one of M tiles with probability below P / M) and held for one pass over the tile; no task waits,
// forks or spawns while it holds it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/atomic.hpp"
#include "core/base/backoff.hpp"
#include "core/base/cache_line.hpp"
#include "core/base/rng.hpp"
#include "core/task/fork_join.hpp"
#include "core/task/task_group.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::tile_updates {

inline constexpr std::uint32_t kTileBytes = 8192;
inline constexpr std::size_t kSlots = (kTileBytes - kCacheLine) / sizeof(std::uint64_t);
inline constexpr std::int64_t kTasksPerTile = 16;
inline constexpr std::int64_t kTilesMax = 1 << 16;  // 512 MiB
inline constexpr std::uint32_t kTaskCostNs = 200;   // order of magnitude, tile in cache; a hint

struct Tile {
  alignas(kCacheLine) Atomic<std::uint32_t> is_owned = 0;
  alignas(kCacheLine) std::array<std::uint64_t, kSlots> slots{};
};
static_assert(sizeof(Tile) == kTileBytes);

// Holds a tile for a scope.
class Ownership {
 public:
  explicit Ownership(Tile& tile) : tile_(tile) {
    Backoff backoff;
    // (T1) acquire; pairs with (T2): the slots written by the last owner are seen. If relaxed, its
    // update could be lost: tests/workloads/tile_updates_test.cpp, under ThreadSanitizer.
    while (tile_.is_owned.exchange(1, kAcquire) != 0) {
      backoff.wait();
    }
  }
  // (T2) release; pairs with (T1): publishes the slots to the next owner. If relaxed, it could
  // start from older values: the same test.
  ~Ownership() { tile_.is_owned.store(0, kRelease); }
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

 private:
  Tile& tile_;
};

// One task: slot i += constant + i.
[[gnu::noinline]] inline void update(Tile& tile, std::uint64_t constant) {
  const Ownership ownership(tile);
  for (std::size_t i = 0; i < kSlots; ++i) {
    tile.slots[i] += constant + i;
  }
}

// One number for a tile: the sum of its slots, slot i counted 2i + 1 times, modulo 2^64.
inline std::uint64_t checksum(const Tile& tile) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kSlots; ++i) {
    sum += tile.slots[i] * (2 * i + 1);
  }
  return sum;
}

// The checksum of a tile after `count` tasks whose constants add up to `constants`, in closed form:
// the sum over i of (constants + count * i) * (2i + 1).
constexpr std::uint64_t checksum_after(std::uint64_t constants, std::uint64_t count) {
  constexpr std::uint64_t kOdd = kSlots * kSlots;  // sum of 2i + 1
  constexpr std::uint64_t kSum = kSlots * (kSlots - 1) / 2;
  constexpr std::uint64_t kSquares = kSlots * (kSlots - 1) * (2 * kSlots - 1) / 6;
  return constants * kOdd + count * (2 * kSquares + kSum);
}

struct Workload {
  static constexpr std::string_view kName = "tile_updates";
  static constexpr std::string_view kSummary = "random-order updates of 8 KiB tiles, with phases";
  static constexpr std::string_view kSource =
      "cohort scheduling, Larus and Parkes, USENIX ATC 2002";
  static constexpr std::string_view kOperation = "task";
  static constexpr std::string_view kParameter = "tasks";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 4096}, {"medium", 65536}, {"large", 524288}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 23;

  struct Update {
    std::uint32_t tile;
    std::uint64_t constant;
  };
  struct Input {
    std::vector<Tile> tiles;
    std::vector<Update> updates;  // in the order in which they are spawned
  };
  using Answer = Unit;  // the answer is in Input::tiles

  static std::int64_t tiles_for(std::int64_t n) {
    return std::clamp(n / kTasksPerTile, std::int64_t{1}, kTilesMax);
  }

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    const auto tiles = static_cast<std::uint32_t>(tiles_for(n));
    Input input{std::vector<Tile>(tiles), std::vector<Update>(static_cast<std::size_t>(n))};
    Rng rng(seed);
    for (Update& update : input.updates) {
      update = {rng.below(tiles), rng.next()};
    }
    return input;
  }
  static void reset(Input& input) {
    for (Tile& tile : input.tiles) {
      tile.slots.fill(0);
    }
  }

  template <TaskWorker W>
  static Answer run(W worker, Input& input) {
    TaskGroup<W> group(worker);
    for (const Update& next : input.updates) {
      group.spawn(
          worker,
          [tile = &input.tiles[next.tile], constant = next.constant](auto /*worker*/) {
            update(*tile, constant);
          },
          Phase{next.tile, kTileBytes, kTaskCostNs});
    }
    group.wait(worker);
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    std::uint64_t digest = 0;
    for (const Tile& tile : input.tiles) {
      digest = fold(digest, checksum(tile));
    }
    return digest;
  }
  static std::uint64_t expected(const Input& input) {
    struct Total {
      std::uint64_t constants = 0;
      std::uint64_t count = 0;
    };
    std::vector<Total> totals(input.tiles.size());
    for (const Update& update : input.updates) {
      totals[update.tile].constants += update.constant;
      ++totals[update.tile].count;
    }
    std::uint64_t digest = 0;
    for (const Total& total : totals) {
      digest = fold(digest, checksum_after(total.constants, total.count));
    }
    return digest;
  }
  static std::uint64_t operations(const Input& input) { return input.updates.size(); }
  // Tiles and the list of updates; the tasks in flight belong to the scheduler.
  static std::int64_t footprint_bytes(std::int64_t n) {
    return tiles_for(n) * kTileBytes + n * static_cast<std::int64_t>(sizeof(Update));
  }
  static std::vector<Note> notes(const Input& input) {
    const auto tiles = static_cast<std::int64_t>(input.tiles.size());
    return {{"tiles", tiles},
            {"tile_bytes", kTileBytes},
            {"ready_tasks_per_tile", static_cast<std::int64_t>(input.updates.size()) / tiles}};
  }
};

}  // namespace an::workloads::tile_updates
