#include "harness/conductor/placements.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

TEST(Placements, UnpinnedWorkersStillHaveVictims) {
  Placements placements("none");
  EXPECT_TRUE(placements.of(3).cpus.empty());
  ASSERT_EQ(placements.of(3).victims.size(), 3u);
  EXPECT_EQ(placements.of(3).victims[0].size(), 2u);
}

TEST(Placements, PinnedWorkersHaveACpuEach) {
  Placements placements("compact");
  EXPECT_EQ(placements.of(4).cpus.size(), 4u);
  EXPECT_EQ(placements.of(4).nodes.size(), 4u);
}

TEST(Placements, ListsThatWouldNotFitIntoALineStayEmpty) {
  Placements placements("none");
  EXPECT_TRUE(placements.of(Placements::kVictimListsMax + 1).victims.empty());
}

TEST(Placements, AnUnknownWayIsAnError) {
  EXPECT_THROW(Placements("sideways"), Error);
}

}  // namespace
}  // namespace an::harness
