#include "workloads/all.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads {
namespace {

bool is_lower_snake_case(std::string_view name) {
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
      return false;
    }
  }
  return !name.empty() && name.front() != '_' && name.back() != '_';
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  All::visit([&]<class Workload>() { names.emplace_back(Workload::kName); });
  return names;
}

TEST(AllWorkloads, NamesAreUniqueAndInAlphabeticalOrder) {
  const std::vector<std::string> all = names();
  EXPECT_EQ(all.size(), All::kCount);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1], all[i]);
  }
}

TEST(AllWorkloads, NamesAreLowerSnakeCase) {
  for (const std::string& name : names()) {
    EXPECT_TRUE(is_lower_snake_case(name)) << name;
  }
}

TEST(AllWorkloads, DescriptionsAreNotEmpty) {
  All::visit([]<class Workload>() {
    EXPECT_FALSE(std::string_view(Workload::kSummary).empty()) << Workload::kName;
    EXPECT_FALSE(std::string_view(Workload::kSource).empty()) << Workload::kName;
    EXPECT_FALSE(std::string_view(Workload::kOperation).empty()) << Workload::kName;
    EXPECT_FALSE(std::string_view(Workload::kParameter).empty()) << Workload::kName;
  });
}

TEST(AllWorkloads, SizesAscendWithinTheLimits) {
  All::visit([]<class Workload>() {
    std::int64_t last = 0;
    for (const NamedSize& size : Workload::kSizes) {
      EXPECT_GT(size.n, last) << Workload::kName;
      EXPECT_GE(size.n, std::int64_t{Workload::kMin}) << Workload::kName;
      EXPECT_LE(size.n, std::int64_t{Workload::kMax}) << Workload::kName;
      last = size.n;
    }
  });
}

TEST(AllWorkloads, EachHasSmallMediumAndLargeInThisOrderAndNoOtherName) {
  All::visit([]<class Workload>() {
    std::vector<std::string> order;
    for (const NamedSize& size : Workload::kSizes) {
      if (order.empty() || order.back() != size.name) {
        order.emplace_back(size.name);
      }
    }
    EXPECT_EQ(order, (std::vector<std::string>{"small", "medium", "large"})) << Workload::kName;
  });
}

TEST(AllWorkloads, TheSmallestOfEachIsRightAndPositive) {
  All::visit([]<class Workload>() {
    auto input = Workload::prepare(Workload::kMin, 1);
    EXPECT_EQ(tests::digest_of_run<Workload>(input), Workload::expected(input)) << Workload::kName;
    EXPECT_GT(Workload::operations(input), 0U) << Workload::kName;
    EXPECT_GT(Workload::footprint_bytes(Workload::kMin), 0) << Workload::kName;
  });
}

TEST(AllWorkloads, ASizeOutOfRangeIsRefused) {
  All::visit([]<class Workload>() {
    EXPECT_DEATH(Workload::prepare(Workload::kMin - 1, 1), "n >= .*kMin") << Workload::kName;
    EXPECT_DEATH(Workload::prepare(Workload::kMax + 1, 1), "n <= .*kMax") << Workload::kName;
  });
}

TEST(AllWorkloads, FootprintsGrowWithTheSizeAndDoNotOverflow) {
  All::visit([]<class Workload>() {
    EXPECT_GE(Workload::footprint_bytes(Workload::kMax), Workload::footprint_bytes(Workload::kMin))
        << Workload::kName;
    EXPECT_LE(Workload::footprint_bytes(Workload::kMax), std::int64_t{1} << 40) << Workload::kName;
  });
}

}  // namespace
}  // namespace an::workloads
