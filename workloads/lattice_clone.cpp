#include "workloads/lattice_clone.hpp"

#include <cstddef>
#include <limits>

#include "workloads/weights.hpp"

namespace an::workloads::lattice_clone {

namespace {

constexpr std::uint64_t kSiteWeights = 501;  // a stream of the seed

// The start of lattice i.
void draw(Sites& sites, std::uint64_t seed, std::size_t i) {
  lattice::draw(sites, mix64(seed + i));
}

std::uint64_t weigh(const Sites& sites, const std::vector<std::uint64_t>& weights) {
  std::uint64_t sum = 0;
  for (std::size_t site = 0; site < sites.size(); ++site) {
    sum += integer_of(sites[site]) * weights[site];
  }
  return sum;
}

}  // namespace

Sites clone_of(const Sites& original) {
  return original;
}

Workload::Input Workload::prepare(std::int64_t n, std::uint64_t seed) {
  AN_ASSERT(n >= kMin);
  AN_ASSERT(n <= kMax);
  const std::vector<Sites> lattices(static_cast<std::size_t>(n),
                                    Sites(static_cast<std::size_t>(lattice::kSites)));
  Input input{lattices, lattices, std::max(n, kClonesMin), seed};
  reset(input);
  return input;
}

void Workload::reset(Input& input) {
  for (std::size_t i = 0; i < input.originals.size(); ++i) {
    draw(input.originals[i], input.seed, i);
    input.clones[i].front() = std::numeric_limits<double>::quiet_NaN();
  }
}

std::uint64_t Workload::digest(const Input& input, const Answer& /*answer*/) {
  const auto weights = odd_weights(lattice::kSites, input.seed, kSiteWeights);
  std::uint64_t digest = 0;
  for (const Sites& clone : input.clones) {
    digest = fold(digest, weigh(clone, weights));
  }
  return digest;
}

std::uint64_t Workload::expected(const Input& input) {
  const auto weights = odd_weights(lattice::kSites, input.seed, kSiteWeights);
  const std::size_t lattices = input.originals.size();
  std::vector<std::uint64_t> sums(lattices);
  Sites start(static_cast<std::size_t>(lattice::kSites));
  for (std::size_t i = 0; i < lattices; ++i) {
    draw(start, input.seed, i);
    sums[i] = weigh(start, weights);
  }
  for (std::int64_t k = 0; k < input.operations; ++k) {
    sums[static_cast<std::size_t>(k) % lattices] += weights[site_of(k)];
  }
  std::uint64_t digest = 0;
  for (const std::uint64_t sum : sums) {
    digest = fold(digest, sum);
  }
  return digest;
}

}  // namespace an::workloads::lattice_clone
