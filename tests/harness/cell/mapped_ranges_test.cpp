#include "harness/cell/mapped_ranges.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "core/base/rng.hpp"

namespace an::harness {
namespace {

class MappedRangesTest : public testing::Test {
 protected:
  std::unique_ptr<MappedRanges> ranges_ = std::make_unique<MappedRanges>();
};

TEST_F(MappedRangesTest, AHoleInTheMiddleLeavesBothEnds) {
  ranges_->map(100, 200, true);
  ranges_->unmap(120, 130);
  EXPECT_EQ(ranges_->usable_bytes(), 90);
  EXPECT_TRUE(ranges_->holds(119));
  EXPECT_FALSE(ranges_->holds(120));
  EXPECT_TRUE(ranges_->holds(130));
  EXPECT_FALSE(ranges_->holds(200));
}

TEST_F(MappedRangesTest, AMapReplacesWhatWasThere) {
  ranges_->map(100, 200, true);
  ranges_->map(150, 250, false);
  EXPECT_EQ(ranges_->usable_bytes(), 50);
  ranges_->map(100, 250, true);
  EXPECT_EQ(ranges_->usable_bytes(), 150);
  EXPECT_EQ(ranges_->count(), 1u);
}

TEST_F(MappedRangesTest, ProtectingReachesOnlyWhatIsKnown) {
  ranges_->map(100, 200, false);
  ranges_->protect(150, 300, true);
  EXPECT_EQ(ranges_->usable_bytes(), 50);
  EXPECT_FALSE(ranges_->holds(250));
}

TEST_F(MappedRangesTest, AReserveThatIsOpenedBitByBitStaysTwoRanges) {
  ranges_->map(0x1000, 0x9000, false);
  for (MappedRanges::Address page = 0x1000; page < 0x8000; page += 0x1000) {
    ranges_->protect(page, page + 0x1000, true);
    EXPECT_EQ(ranges_->count(), 2u);
  }
  EXPECT_EQ(ranges_->usable_bytes(), 0x7000);
}

TEST_F(MappedRangesTest, AgreesWithASetOfPagesUnderRandomChanges) {
  constexpr std::uint64_t kSeed = 5;
  Rng rng = Rng::stream(kSeed, 0);
  std::set<std::uint64_t> mapped, usable;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t begin = rng.below(200), end = begin + rng.below(40);
    const std::uint64_t action = rng.below(3);
    const bool is_usable = rng.below(2) == 0;
    if (action == 0) {
      ranges_->map(begin, end, is_usable);
    } else if (action == 1) {
      ranges_->unmap(begin, end);
    } else {
      ranges_->protect(begin, end, is_usable);
    }
    for (std::uint64_t page = begin; page < end; ++page) {
      const bool stays = action == 0 || (action == 2 && mapped.count(page) != 0);
      if (stays) {
        mapped.insert(page);
      } else {
        mapped.erase(page);
      }
      if (stays && is_usable) {
        usable.insert(page);
      } else {
        usable.erase(page);
      }
    }
    ASSERT_EQ(ranges_->usable_bytes(), static_cast<std::int64_t>(usable.size()))
        << "seed " << kSeed << ", step " << step;
    const std::uint64_t page = rng.below(240);
    ASSERT_EQ(ranges_->holds(page), mapped.count(page) != 0);
  }
}

}  // namespace
}  // namespace an::harness
