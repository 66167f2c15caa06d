#include "workloads/lattice.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/workloads/serial_run.hpp"

namespace an::workloads::lattice {
namespace {

using namespace an::tests;

TEST(Lattice, AnswersAreRightAndRepeat) {
  for (const std::int64_t n : {1, 2, 3, 8}) {
    auto input = Workload::prepare(n, 5);
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
    EXPECT_EQ(digest_of_run<Workload>(input), Workload::expected(input)) << n;
  }
}

// Every site gives itself to itself and to its six neighbours.
Sites scattered(const Sites& from) {
  Sites to(from.size());
  const auto layers = static_cast<std::int64_t>(from.size()) / kSlabSites;
  const auto site = [layers](std::int64_t x, std::int64_t y, std::int64_t z) {
    return static_cast<std::size_t>(((z + layers) % layers * kSide + (y + kSide) % kSide) * kSide +
                                    (x + kSide) % kSide);
  };
  for (std::int64_t z = 0; z < layers; ++z) {
    for (std::int64_t y = 0; y < kSide; ++y) {
      for (std::int64_t x = 0; x < kSide; ++x) {
        const double value = from[site(x, y, z)];
        to[site(x, y, z)] += value;
        for (const int step : {-1, 1}) {
          to[site(x + step, y, z)] += value;
          to[site(x, y + step, z)] += value;
          to[site(x, y, z + step)] += value;
        }
      }
    }
  }
  return to;
}

TEST(Lattice, EverySiteIsThatOfTheScatteredForm) {
  for (const std::int64_t n : {1, 3}) {
    auto input = Workload::prepare(n, 5);
    Sites sites = input.sites;
    for (std::int64_t sweep = 0; sweep < kSweeps; ++sweep) {
      sites = scattered(sites);
    }
    answer_of<Workload>(input);
    EXPECT_EQ(input.sites, sites) << n;
  }
}

TEST(Lattice, TheMultinomialFormHoldsAfterEveryNumberOfSweeps) {
  Sites start(2 * kSites);
  draw(start, 5);
  Sites sites = start;
  for (std::int64_t sweeps = 0; sweeps <= kSweeps; ++sweeps) {
    EXPECT_EQ(weigh_after(start, sweeps, 9), weigh(sites, 9)) << sweeps;
    sites = scattered(sites);
  }
}

TEST(Lattice, ACorruptedSiteIsNoticed) {
  auto input = Workload::prepare(2, 5);
  const Unit answer = answer_of<Workload>(input);
  const std::uint64_t right = Workload::expected(input);
  ASSERT_EQ(Workload::digest(input, answer), right);
  for (std::size_t i = 0; i < input.sites.size(); i += 211) {
    const double site = input.sites[i];
    for (const double wrong :
         {site + 1, site - 0.25, -site - 1, std::numeric_limits<double>::quiet_NaN()}) {
      input.sites[i] = wrong;
      ASSERT_NE(Workload::digest(input, answer), right) << i << ": " << wrong;
    }
    input.sites[i] = site;
  }
  EXPECT_EQ(Workload::digest(input, answer), right);
}

// Runs the sweeps one slab after the other, all but slab `slab` of sweep `dropped`.
void run_without(Workload::Input& input, std::int64_t dropped, std::int64_t slab) {
  double* from = input.sites.data();
  double* to = input.other.data();
  const std::int64_t layers = input.lattices() * kSide;
  for (std::int64_t sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::int64_t z = 0; z < layers; ++z) {
      if (sweep != dropped || z != slab) {
        update_slab(to, from, z, layers);
      }
    }
    std::swap(from, to);
  }
}

TEST(Lattice, ASlabDroppedInAnySweepIsNoticed) {
  auto input = Workload::prepare(2, 5);
  const std::uint64_t right = Workload::expected(input);
  answer_of<Workload>(input);  // leaves values of a whole run in both arrays
  for (std::int64_t dropped = 0; dropped <= kSweeps; ++dropped) {
    Workload::reset(input);
    run_without(input, dropped, 3 * dropped);
    EXPECT_EQ(Workload::digest(input, Unit{}) == right, dropped == kSweeps) << dropped;
  }
}

TEST(Lattice, OperationsAndBytesFollowTheNumberOfLattices) {
  const auto input = Workload::prepare(8, 5);
  EXPECT_EQ(Workload::operations(input), 8U * 8 * 4096);
  EXPECT_EQ(note_of<Workload>(input, "lattice_bytes"), 32'768);
  EXPECT_EQ(note_of<Workload>(input, "resident_bytes"), 2 * 8 * 32'768);
  EXPECT_EQ(note_of<Workload>(input, "tasks"), 1024);
  EXPECT_EQ(note_of<Workload>(input, "ready_tasks_per_lattice"), 16);
  EXPECT_EQ(note_of<Workload>(input, "sites_per_task"), 256);
  EXPECT_EQ(Workload::footprint_bytes(8), 2 * 8 * 32'768);
}

TEST(Lattice, TheSeedDecidesTheStart) {
  EXPECT_EQ(digest_of_size<Workload>(1, 1), digest_of_size<Workload>(1, 1));
  EXPECT_NE(digest_of_size<Workload>(1, 1), digest_of_size<Workload>(1, 2));
}

}  // namespace
}  // namespace an::workloads::lattice
