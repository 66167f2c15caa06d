#include "schedulers/resonance/phase_table.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "core/base/rng.hpp"

namespace an::schedulers::resonance {
namespace {

struct TestJob : Job {
  TestJob(std::uint64_t phase_key, int index)
      : Job([](Job*, void*) noexcept {}), key(phase_key), number(index) {}
  std::uint64_t key;
  int number;
};

class Tasks {
 public:
  void add(PhaseTable& table, std::uint64_t key, std::uint32_t bytes = 8192) {
    jobs_.emplace_back(key, static_cast<int>(jobs_.size()));
    table.add(jobs_.back(), {key, bytes, 0});
  }
  std::size_t size() const { return jobs_.size(); }

 private:
  std::deque<TestJob> jobs_;
};

TestJob* next(PhaseTable& table) {
  return static_cast<TestJob*>(table.next());
}

TEST(PhaseTable, AnEmptyTableHasNothing) {
  PhaseTable table(4, 1 << 20);
  EXPECT_TRUE(table.is_empty());
  EXPECT_EQ(table.next(), nullptr);
  EXPECT_EQ(table.detach(), nullptr);
}

TEST(PhaseTable, EveryTaskComesOutOnceAndCohortsInOneRun) {
  PhaseTable table(1'000'000, 1 << 20);
  Tasks tasks;
  Rng rng(5);
  for (int i = 0; i < 20'000; ++i) {
    tasks.add(table, rng.below(3000));
  }
  std::set<int> seen;
  std::map<std::uint64_t, int> runs;
  std::uint64_t last_key = ~0ULL;
  while (TestJob* job = next(table)) {
    EXPECT_TRUE(seen.insert(job->number).second);
    runs[job->key] += job->key != last_key ? 1 : 0;
    last_key = job->key;
  }
  EXPECT_EQ(seen.size(), tasks.size());
  for (const auto& [key, count] : runs) {
    EXPECT_EQ(count, 1) << "cohort " << key << " was interrupted";
  }
}

TEST(PhaseTable, TasksOfOnePhaseKeepTheirOrder) {
  PhaseTable table(3, 1 << 20);
  Tasks tasks;
  for (int i = 0; i < 100; ++i) {
    tasks.add(table, static_cast<std::uint64_t>(i % 4));
  }
  std::map<std::uint64_t, int> last;
  while (TestJob* job = next(table)) {
    const auto [at, fresh] = last.try_emplace(job->key, -1);
    EXPECT_GT(job->number, at->second);
    at->second = job->number;
  }
}

TEST(PhaseTable, AQuantumEndsACohortsTurn) {
  PhaseTable table(8, 1 << 20);
  Tasks tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.add(table, 1);
    tasks.add(table, 2);
  }
  int in_a_row = 0;
  int longest = 0;
  std::uint64_t last_key = 0;
  for (int i = 0; i < 100; ++i) {
    TestJob* job = next(table);
    in_a_row = job->key == last_key ? in_a_row + 1 : 1;
    last_key = job->key;
    longest = std::max(longest, in_a_row);
  }
  EXPECT_LE(longest, 8 * static_cast<int>(PhaseTable::kOldestPeriod));
  while (next(table) != nullptr) {
  }
}

// I2: one phase is flooded as fast as it is served; the tasks of the others still come within the
// bound.
TEST(PhaseTable, WaitingIsBoundedUnderAFlood) {
  constexpr std::uint32_t kQuantum = 16;
  constexpr std::uint64_t kOthers = 20;
  PhaseTable table(kQuantum, 1 << 20);
  Tasks tasks;
  for (int i = 0; i < 64; ++i) {
    tasks.add(table, 0, 1 << 16);
  }
  for (std::uint64_t key = 1; key <= kOthers; ++key) {
    tasks.add(table, key, 64);  // small blocks: never preferred
  }
  const std::uint64_t bound = PhaseTable::kOldestPeriod * (kOthers + 1) * kQuantum;
  std::uint64_t served_others = 0;
  for (std::uint64_t executed = 0; executed < bound; ++executed) {
    TestJob* job = next(table);
    ASSERT_NE(job, nullptr);
    served_others += job->key != 0 ? 1 : 0;
    tasks.add(table, 0, 1 << 16);  // the flood
  }
  EXPECT_EQ(served_others, kOthers);
  while (next(table) != nullptr) {
  }
}

TEST(PhaseTable, ADetachedCohortIsWholeAndCanBeAdopted) {
  PhaseTable victim(256, 1 << 20);
  PhaseTable thief(256, 1 << 20);
  Tasks tasks;
  for (int i = 0; i < 30; ++i) {
    tasks.add(victim, static_cast<std::uint64_t>(i % 3));
  }
  Cohort* cohort = victim.detach();
  ASSERT_NE(cohort, nullptr);
  EXPECT_EQ(cohort->tasks.size(), 10U);
  const std::uint64_t key = cohort->key;
  tasks.add(thief, key);  // joins the adopted cohort
  thief.adopt(cohort);
  int taken = 0;
  while (TestJob* job = next(thief)) {
    EXPECT_EQ(job->key, key);
    ++taken;
  }
  EXPECT_EQ(taken, 11);
  int left = 0;
  while (next(victim) != nullptr) {
    ++left;
  }
  EXPECT_EQ(left, 20);
}

TEST(PhaseTable, AResidentBlockIsServedFirst) {
  PhaseTable table(256, 1 << 20);
  Tasks tasks;
  tasks.add(table, 7);
  ASSERT_EQ(next(table)->key, 7U);
  tasks.add(table, 1);
  tasks.add(table, 2);
  ASSERT_EQ(table.cohorts(), 2U);
  ASSERT_NE(next(table), nullptr);  // ends the turn of 7
  tasks.add(table, 3);
  tasks.add(table, 7);  // resident: younger, yet preferred
  std::vector<std::uint64_t> order;
  while (TestJob* job = next(table)) {
    order.push_back(job->key);
  }
  EXPECT_NE(order.back(), 7U);
}

TEST(Ghost, ForgetsABlockWhenTheCacheHasSeenAsManyOthersAsItHolds) {
  Ghost ghost(4 * 8192);
  ghost.touch(1);
  EXPECT_TRUE(ghost.holds(1, 8192));
  EXPECT_FALSE(ghost.holds(2, 8192));
  for (std::uint64_t key = 10; key < 13; ++key) {
    ghost.touch(key);
    EXPECT_TRUE(ghost.holds(1, 8192));
  }
  ghost.touch(13);
  EXPECT_FALSE(ghost.holds(1, 8192));
}

}  // namespace
}  // namespace an::schedulers::resonance
