#include "workloads/tile_updates.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/thread.hpp"
#include "tests/workloads/serial_run.hpp"

namespace an::workloads::tile_updates {
namespace {

using namespace an::tests;

TEST(TileUpdates, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 15, 16, 100, 4096}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(TileUpdates, TheClosedFormIsTheSum) {
  Tile tile;
  for (std::size_t i = 0; i < kSlots; ++i) {
    tile.slots[i] = 1'000'000'007 + 5 * i;  // five tasks
  }
  EXPECT_EQ(checksum(tile), checksum_after(1'000'000'007, 5));
}

TEST(TileUpdates, TheOrderOfTasksDoesNotMatter) {
  auto input = Workload::prepare(1000, 3);
  const std::uint64_t right = Workload::expected(input);
  std::reverse(input.updates.begin(), input.updates.end());
  EXPECT_EQ(digest_of_run<Workload>(input), right);
}

TEST(TileUpdates, ACorruptedSlotIsNoticed) {
  auto input = Workload::prepare(160, 3);
  const Unit answer = answer_of<Workload>(input);
  for (const std::size_t slot : {std::size_t{0}, kSlots / 2, kSlots - 1}) {
    input.tiles[9].slots[slot] ^= 1;
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << slot;
    input.tiles[9].slots[slot] ^= 1;
  }
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(TileUpdates, ADroppedOrRepeatedTaskIsNoticed) {
  auto input = Workload::prepare(160, 3);
  const Unit answer = answer_of<Workload>(input);
  const Workload::Update extra = input.updates[17];
  update(input.tiles[extra.tile], extra.constant);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));

  Workload::reset(input);
  for (std::size_t i = 1; i < input.updates.size(); ++i) {
    update(input.tiles[input.updates[i].tile], input.updates[i].constant);
  }
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(TileUpdates, ATaskOnTheWrongTileIsNoticed) {
  auto input = Workload::prepare(160, 3);
  const std::uint64_t right = Workload::expected(input);
  input.updates[0].tile = (input.updates[0].tile + 1) % 10;
  EXPECT_NE(digest_of_run<Workload>(input), right);
}

TEST(TileUpdates, ConcurrentTasksOfOneTileLoseNothing) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kTasks = 500;
  Tile tile;
  {
    std::vector<Thread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back("updater", [&tile, t] {
        for (std::uint64_t k = 0; k < kTasks; ++k) {
          update(tile, t);
        }
      });
    }
  }
  EXPECT_EQ(checksum(tile), checksum_after(kTasks * (0 + 1 + 2 + 3), kThreads * kTasks));
}

TEST(TileUpdates, ThereAreSixteenTasksPerTileUpToTheCap) {
  EXPECT_EQ(Workload::tiles_for(1), 1);
  EXPECT_EQ(Workload::tiles_for(4096), 256);
  EXPECT_EQ(Workload::tiles_for(524'288), 32'768);
  EXPECT_EQ(Workload::tiles_for(Workload::kMax), kTilesMax);
  const auto input = Workload::prepare(4096, 3);
  EXPECT_EQ(note_of<Workload>(input, "ready_tasks_per_tile"), 16);
  EXPECT_EQ(note_of<Workload>(input, "tiles"), 256);
  EXPECT_EQ(note_of<Workload>(input, "tile_bytes"), 8192);
  // Every tile is drawn by somebody: 256 (1 - 1/256)^4096 = 3e-5 are expected to be left out.
  std::vector<int> tasks(input.tiles.size());
  for (const auto& next : input.updates) {
    ++tasks[next.tile];
  }
  EXPECT_GT(*std::min_element(tasks.begin(), tasks.end()), 0);
}

TEST(TileUpdates, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4096, 3);
  EXPECT_EQ(Workload::operations(input), 4096U);
  EXPECT_EQ(Workload::footprint_bytes(4096),
            static_cast<std::int64_t>(input.tiles.capacity() * sizeof(Tile) +
                                      input.updates.capacity() * sizeof(Workload::Update)));
}

TEST(TileUpdates, TheSeedDecidesTilesAndConstants) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::tile_updates
