#include "harness/conductor/catalogue.hpp"

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class CatalogueTest : public FakeCells {};

TEST_F(CatalogueTest, FindsCellsSerialFirst) {
  add_cell("alpha");
  add_cell("serial");
  add_cell("narrow");
  const Catalogue catalogue = discover({root_}, kPatienceNs);
  ASSERT_EQ(catalogue.schedulers.size(), 3u);
  EXPECT_EQ(catalogue.schedulers[0].name, "serial");
  EXPECT_EQ(catalogue.schedulers[0].workers_max, 1u);
  EXPECT_EQ(catalogue.schedulers[1].name, "alpha");
  EXPECT_EQ(catalogue.workload_names(), (std::vector<std::string>{"fib", "tree_sum"}));
  EXPECT_EQ(catalogue.scheduler("narrow")->workload("tree_sum"), nullptr);
  EXPECT_NE(catalogue.workload("tree_sum"), nullptr);
  EXPECT_EQ(catalogue.scheduler("nobody"), nullptr);
}

TEST_F(CatalogueTest, ACellThatDoesNotAnswerStaysWithItsReason) {
  add_cell("mute");
  add_cell("later");
  misbehave("mute:hang_start,later:protocol2");
  std::ofstream(root_ / "cell-broken") << "not an executable of any kind\n";
  std::filesystem::permissions(root_ / "cell-broken", std::filesystem::perms::owner_all);
  const Catalogue catalogue = discover({root_}, 2'000'000'000);
  EXPECT_NE(catalogue.scheduler("mute")->absent_reason.find("no reply to describe"),
            std::string::npos);
  EXPECT_NE(catalogue.scheduler("later")->absent_reason.find("protocol 2"), std::string::npos);
  EXPECT_NE(catalogue.scheduler("broken")->absent_reason, "");
}

TEST_F(CatalogueTest, WhatWasNotBuiltIsListedUnlessItExists) {
  add_cell("alpha");
  std::ofstream(root_ / "cells.absent")
      << "alpha\told news\nonetbb\tlibtbb-dev is missing\nnoise\n";
  const Catalogue catalogue = discover({root_, "/nonexistent"}, kPatienceNs);
  ASSERT_EQ(catalogue.schedulers.size(), 2u);
  EXPECT_EQ(catalogue.scheduler("alpha")->absent_reason, "");
  EXPECT_EQ(catalogue.scheduler("onetbb")->absent_reason, "libtbb-dev is missing");
}

TEST_F(CatalogueTest, TheFirstDirectoryThatHasANameWins) {
  const auto other = root_ / "other";
  std::filesystem::create_directory(other);
  const auto first = add_cell("alpha");
  std::filesystem::create_symlink(AN_FAKE_CELL, other / "cell-alpha");
  const Catalogue catalogue = discover({root_, other}, kPatienceNs);
  ASSERT_EQ(catalogue.schedulers.size(), 1u);
  EXPECT_EQ(catalogue.schedulers[0].executable, first);
}

TEST_F(CatalogueTest, AFolderHoldsCellsOrTheListOfAbsentOnes) {
  EXPECT_FALSE(holds_cells(root_));
  EXPECT_FALSE(holds_cells(root_ / "nowhere"));
  std::ofstream(root_ / "cell-text") << "not executable";
  EXPECT_FALSE(holds_cells(root_));
  add_cell("alpha");
  EXPECT_TRUE(holds_cells(root_));
  std::ofstream(out() / "cells.absent") << "onetbb\tmissing\n";
  EXPECT_TRUE(holds_cells(out()));
}

}  // namespace
}  // namespace an::harness
