// plan_cells of run.hpp.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {
namespace {

Catalogue catalogue() {
  const WorkloadEntry fib{"fib", "", "", "join", "n", {{"small", 25}, {"medium", 30}}, 0, 50};
  const WorkloadEntry tree{"tree_sum", "",  "", "node", "nodes", {{"small", 10}, {"small", 20}},
                           1,          1000};
  Catalogue result;
  const auto add = [&](std::string name, std::uint32_t workers_max, auto... workloads) {
    SchedulerEntry entry;
    entry.name = std::move(name);
    entry.workers_max = workers_max;
    entry.options = {{"beat_us", "30", "", ""}, {"also", "x", "", ""}};
    entry.workloads = {workloads...};
    result.schedulers.push_back(std::move(entry));
  };
  add("serial", 1, fib, tree);
  add("chase_lev", 64, fib, tree);
  add("narrow", 64, fib);
  SchedulerEntry missing;
  missing.name = "onetbb";
  missing.absent_reason = "libtbb-dev is not installed";
  result.schedulers.push_back(missing);
  return result;
}

RunRequest request() {
  RunRequest result;
  result.schedulers = {"chase_lev"};
  result.workloads = {"fib"};
  result.sizes = {"small"};
  result.workers = {2};
  return result;
}

std::vector<std::string> names(const std::vector<CellPlan>& cells) {
  std::vector<std::string> result;
  for (const CellPlan& cell : cells) {
    result.push_back(cell.name + (cell.baseline ? " (baseline)" : ""));
  }
  return result;
}

using Names = std::vector<std::string>;

TEST(Plan, AddsTheBaselineThatWasNotAskedFor) {
  EXPECT_EQ(
      names(plan_cells(request(), catalogue())),
      (Names{"fib/n:25/sched:chase_lev/workers:2", "fib/n:25/sched:serial/workers:1 (baseline)"}));
}

TEST(Plan, AddsNoBaselineWhenSerialIsThereOrNotWanted) {
  RunRequest with_serial = request();
  with_serial.schedulers.push_back("serial");
  with_serial.workers = {1};
  EXPECT_EQ(names(plan_cells(with_serial, catalogue())),
            (Names{"fib/n:25/sched:chase_lev/workers:1", "fib/n:25/sched:serial/workers:1"}));
  RunRequest without = request();
  without.baseline = false;
  EXPECT_EQ(plan_cells(without, catalogue()).size(), 1u);
}

TEST(Plan, GivesAReferenceOneWorker) {
  RunRequest wide = request();
  wide.schedulers = {"serial", "chase_lev"};
  wide.workers = {1, 2};
  wide.one_worker = {"serial"};
  EXPECT_EQ(names(plan_cells(wide, catalogue())),
            (Names{"fib/n:25/sched:chase_lev/workers:1", "fib/n:25/sched:chase_lev/workers:2",
                   "fib/n:25/sched:serial/workers:1"}));
}

TEST(Plan, ExpandsNamedSizesNumbersAndAllWithoutRepeating) {
  RunRequest sizes = request();
  sizes.baseline = false;
  sizes.workloads = {"tree_sum", "fib"};
  sizes.sizes = {"all", "20", "7"};
  EXPECT_EQ(names(plan_cells(sizes, catalogue())),
            (Names{"fib/n:7/sched:chase_lev/workers:2", "fib/n:20/sched:chase_lev/workers:2",
                   "fib/n:25/sched:chase_lev/workers:2", "fib/n:30/sched:chase_lev/workers:2",
                   "tree_sum/nodes:7/sched:chase_lev/workers:2",
                   "tree_sum/nodes:10/sched:chase_lev/workers:2",
                   "tree_sum/nodes:20/sched:chase_lev/workers:2"}));
}

TEST(Plan, OptionsThatDifferFromTheDefaultAreInTheNameSorted) {
  RunRequest options = request();
  options.baseline = false;
  options.options["chase_lev"] = {{"beat_us", "31"}, {"also", "y"}};
  EXPECT_EQ(plan_cells(options, catalogue()).at(0).name,
            "fib/n:25/sched:chase_lev/set:also=y/set:beat_us=31/workers:2");
  options.options["chase_lev"] = {{"beat_us", "30"}};
  EXPECT_EQ(plan_cells(options, catalogue()).at(0).name, "fib/n:25/sched:chase_lev/workers:2");
}

TEST(Plan, EachAllocatorHasItsCellsAndItsBaselineAndGlibcIsNotNamed) {
  RunRequest several = request();
  several.allocators = {Allocator{}, Allocator{"mimalloc", "/lib/libmimalloc.so.2", "2"}};
  const auto cells = plan_cells(several, catalogue());
  EXPECT_EQ(names(cells), (Names{"fib/n:25/sched:chase_lev/workers:2",
                                 "fib/n:25/alloc:mimalloc/sched:chase_lev/workers:2",
                                 "fib/n:25/sched:serial/workers:1 (baseline)",
                                 "fib/n:25/alloc:mimalloc/sched:serial/workers:1 (baseline)"}));
  EXPECT_EQ(cells.at(1).allocator.library, "/lib/libmimalloc.so.2");
}

TEST(Plan, WhatCannotRunStaysWithItsReason) {
  RunRequest wide = request();
  wide.schedulers = {"serial", "narrow", "onetbb", "nowhere"};
  wide.workloads = {"tree_sum"};
  wide.sizes = {"2000"};
  wide.workers = {2};
  const auto cells = plan_cells(wide, catalogue());
  ASSERT_EQ(cells.size(), 4u);  // nothing runs, so no baseline either
  EXPECT_EQ(cells[0].not_applicable, "narrow has no workload tree_sum");
  EXPECT_NE(cells[1].not_applicable.find("cell-nowhere"), std::string::npos);
  EXPECT_EQ(cells[2].not_applicable, "libtbb-dev is not installed");
  EXPECT_EQ(cells[3].not_applicable, "tree_sum takes sizes from 1 to 1000");
}

TEST(Plan, TooManyWorkersAreNotApplicable) {
  RunRequest wide = request();
  wide.schedulers = {"serial"};
  EXPECT_EQ(plan_cells(wide, catalogue()).at(0).not_applicable, "serial runs at most 1 worker");
}

TEST(Plan, ASizeOfAnotherWorkloadIsNotApplicable) {
  RunRequest medium = request();
  medium.workloads = {"fib", "tree_sum"};
  medium.sizes = {"medium"};
  EXPECT_EQ(plan_cells(medium, catalogue()).back().not_applicable,
            "tree_sum has no size called medium");
}

TEST(Plan, CellNamesAreUnique) {
  RunRequest many = request();
  many.workloads = {"fib", "tree_sum"};
  many.sizes = {"medium", "small", "10", "all", "1"};
  many.schedulers = {"chase_lev", "chase_lev", "serial"};
  many.workers = {1, 2, 2};
  auto all = names(plan_cells(many, catalogue()));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(Plan, AnUnknownSizeIsAnErrorThatListsTheKnown) {
  RunRequest wrong = request();
  wrong.sizes = {"tiny"};
  try {
    plan_cells(wrong, catalogue());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.remedy(), "Choose one of all, medium, small, or a number");
  }
}

TEST(Plan, TheFilterSelectsAndAMinusNegates) {
  RunRequest filtered = request();
  filtered.baseline = false;
  filtered.workers = {1, 2};
  filtered.filter = "workers:2$";
  EXPECT_EQ(names(plan_cells(filtered, catalogue())), Names{"fib/n:25/sched:chase_lev/workers:2"});
  filtered.filter = "-workers:2$";
  EXPECT_EQ(names(plan_cells(filtered, catalogue())), Names{"fib/n:25/sched:chase_lev/workers:1"});
}

TEST(Plan, AFilterThatSelectsNothingOrDoesNotParseIsAnError) {
  RunRequest filtered = request();
  filtered.filter = "no such cell";
  EXPECT_THROW(plan_cells(filtered, catalogue()), Error);
  filtered.filter = "(";
  EXPECT_THROW(plan_cells(filtered, catalogue()), Error);
}

}  // namespace
}  // namespace an::harness
