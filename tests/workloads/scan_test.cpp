#include "workloads/scan.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::scan {
namespace {

using namespace an::tests;

TEST(Scan, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 511, 512, 513, 1024, 100'001, 1 << 17}) {
    auto input = Workload::prepare(n, 3);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

TEST(Scan, TheAnswerIsThatOfTheStandardLibrary) {
  auto input = Workload::prepare(10'000, 3);
  answer_of<Workload>(input);
  std::vector<std::uint64_t> prefixes(input.values.size());
  std::inclusive_scan(input.values.begin(), input.values.end(), prefixes.begin());
  EXPECT_EQ(input.prefixes, prefixes);
}

TEST(Scan, ACorruptedPrefixIsNoticed) {
  auto input = Workload::prepare(10'000, 3);
  const Unit answer = answer_of<Workload>(input);
  for (const std::size_t i : {0U, 511U, 512U, 9999U}) {
    input.prefixes[i] ^= 1;
    EXPECT_NE(Workload::digest(input, answer), Workload::expected(input)) << i;
    input.prefixes[i] ^= 1;
  }
  std::swap(input.prefixes[17], input.prefixes[18]);
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
  std::swap(input.prefixes[17], input.prefixes[18]);
  EXPECT_EQ(Workload::digest(input, answer), Workload::expected(input));
}

TEST(Scan, ABlockLeftOutIsNoticedAlsoInTheSecondRun) {
  auto input = Workload::prepare(10'000, 3);
  answer_of<Workload>(input);
  Workload::reset(input);
  EXPECT_NE(Workload::digest(input, Unit{}), Workload::expected(input));
  const Unit answer = answer_of<Workload>(input);
  std::fill_n(input.prefixes.begin() + kBlock, kBlock, std::uint64_t{0});
  EXPECT_NE(Workload::digest(input, answer), Workload::expected(input));
}

TEST(Scan, OperationsAndBytesAreThoseOfTheInput) {
  const auto input = Workload::prepare(4097, 3);
  EXPECT_EQ(Workload::operations(input), 4097U);
  EXPECT_EQ(note_of<Workload>(input, "blocks"), 9);
  const std::size_t integers =
      input.values.capacity() + input.prefixes.capacity() + input.sums.capacity();
  EXPECT_EQ(Workload::footprint_bytes(4097),
            static_cast<std::int64_t>(integers * sizeof(std::uint64_t)));
}

TEST(Scan, TheSeedDecidesTheIntegers) {
  EXPECT_EQ(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 1));
  EXPECT_NE(digest_of_size<Workload>(100, 1), digest_of_size<Workload>(100, 2));
}

}  // namespace
}  // namespace an::workloads::scan
