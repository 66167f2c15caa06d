#include "harness/verdict/shard_plan.hpp"

#include "core/base/error.hpp"
#include "tests/harness/verdict/stored_runs.hpp"

namespace an::harness {
namespace {

// `count` cells of one group.
void add_group(std::vector<CellPlan>& cells, const std::string& workload, int count) {
  for (int i = 0; i < count; ++i) {
    CellPlan cell;
    cell.workload = workload;
    cell.n = 8;
    cell.name = workload + "/n:8/sched:s" + std::to_string(i) + "/workers:1";
    cell.scheduler = "s" + std::to_string(i);
    cells.push_back(cell);
  }
}

ShardPlan small_plan() {
  std::vector<CellPlan> cells;
  add_group(cells, "fib", 2);
  add_group(cells, "tree", 1);
  return make_shard_plan({"--seed=7"}, RunRequest{}, cells, Catalogue{}, 2);
}

TEST(Shards, GroupsStayWholeAndLoadsEven) {
  std::vector<CellPlan> cells;
  add_group(cells, "a", 3);
  add_group(cells, "b", 2);
  add_group(cells, "c", 4);
  add_group(cells, "d", 3);
  // The largest first, each to the emptiest: c to 1; a to 2; d to 2; b to 1.
  EXPECT_EQ(assign_shards(cells, 2), (std::vector<int>{2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2, 2}));
}

TEST(Shards, ACellThatCannotRunCostsNothing) {
  std::vector<CellPlan> cells;
  add_group(cells, "a", 3);
  add_group(cells, "b", 2);
  add_group(cells, "c", 1);
  for (CellPlan& cell : cells) {
    cell.not_applicable = cell.workload == "a" ? "absent" : "";
  }
  EXPECT_EQ(assign_shards(cells, 2), (std::vector<int>{2, 2, 2, 1, 1, 2}));
}

TEST(Shards, MoreShardsThanGroupsAreRefused) {
  std::vector<CellPlan> cells;
  add_group(cells, "a", 3);
  EXPECT_EQ(assign_shards(cells, 1), (std::vector<int>{1, 1, 1}));
  EXPECT_THROW(assign_shards(cells, 2), Error);
}

TEST(Shards, DifferencesAreNamed) {
  const ShardPlan plan = small_plan();
  EXPECT_TRUE(differences(plan, plan).empty());
  ShardPlan other = plan;
  other.catalogue["s1"] = "0123456789abcdef";
  EXPECT_EQ(differences(plan, other), (std::vector<std::string>{"the executable of s1"}));
  other = plan;
  other.seed = 2;
  other.cells[0].not_applicable = "gone";
  EXPECT_EQ(differences(plan, other), (std::vector<std::string>{"the seed", "the cells"}));
}

class ShardFiles : public StoredRunTest {};

TEST_F(ShardFiles, APlanComesBackAsItWasWritten) {
  const ShardPlan plan = small_plan();
  write("plan.json", to_json(plan));
  const ShardPlan read = read_shard_plan(root() / "plan.json");
  EXPECT_TRUE(differences(plan, read).empty());
  EXPECT_EQ(to_json(read), to_json(plan));
  write_shard_mark(root(), {plan, {2}});
  EXPECT_EQ(read_shard_mark(root()).shards, (std::vector<int>{2}));
  EXPECT_EQ(to_json(read_shard_mark(root()).plan), to_json(plan));
}

TEST_F(ShardFiles, WhatIsNoPlanIsRefused) {
  EXPECT_THROW(read_shard_plan(root() / "plan.json"), Error);
  EXPECT_THROW(read_shard_mark(root()), Error);
  Json plan = Json::parse(to_json(small_plan()));
  plan["cells"][0]["shard"] = 3;
  write("plan.json", plan.dump());
  EXPECT_THROW(read_shard_plan(root() / "plan.json"), Error);
}

}  // namespace
}  // namespace an::harness
