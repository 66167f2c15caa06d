#include "workloads/lattice.hpp"

#include "core/base/rng.hpp"
#include "workloads/weights.hpp"

namespace an::workloads::lattice {

namespace {

constexpr std::uint64_t kStart = 401;  // streams of the seed
constexpr std::uint64_t kWeightsX = 402;
constexpr std::uint64_t kWeightsY = 403;
constexpr std::uint64_t kWeightsZ = 404;

using Vector = std::vector<std::uint64_t>;

// x, N x, N N x, ...: `power` + 1 vectors, where N adds the two neighbours on the ring.
std::vector<Vector> powers(const Vector& x, std::int64_t power) {
  std::vector<Vector> result{x};
  for (std::int64_t k = 0; k < power; ++k) {
    const Vector& last = result.back();
    Vector next(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      next[i] = last[i == 0 ? x.size() - 1 : i - 1] + last[i + 1 == x.size() ? 0 : i + 1];
    }
    result.push_back(next);
  }
  return result;
}

constexpr std::uint64_t factorial(std::int64_t n) {
  return n <= 1 ? 1 : static_cast<std::uint64_t>(n) * factorial(n - 1);
}

// By how many orders of n sweeps the axes come i, j and k times.
constexpr std::uint64_t multinomial(std::int64_t n,
                                    std::int64_t i,
                                    std::int64_t j,
                                    std::int64_t k) {
  return factorial(n) / (factorial(i) * factorial(j) * factorial(k) * factorial(n - i - j - k));
}

// Weights of one layer: layer[j][k] = sum over its sites of (N^j r)_y (N^k q)_x u.
using Layer = std::array<std::array<std::uint64_t, kSweeps + 1>, kSweeps + 1>;

Layer weigh_layer(const double* sites,
                  const std::vector<Vector>& rows,
                  const std::vector<Vector>& columns) {
  Layer layer{};
  Vector row(static_cast<std::size_t>(kSide));
  for (std::size_t y = 0; y < row.size(); ++y) {
    for (std::size_t x = 0; x < row.size(); ++x) {
      row[x] = integer_of(sites[y * row.size() + x]);
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::uint64_t sum = dot(row, columns[k]);
      for (std::size_t j = 0; j + k < columns.size(); ++j) {
        layer[j][k] += rows[j][y] * sum;
      }
    }
  }
  return layer;
}

}  // namespace

void update_slab(double* to, const double* from, std::int64_t z, std::int64_t layers) {
  const double* const layer = from + z * kSlabSites;
  const double* const layer_below = from + (z == 0 ? layers - 1 : z - 1) * kSlabSites;
  const double* const layer_above = from + (z + 1 == layers ? 0 : z + 1) * kSlabSites;
  for (std::int64_t y = 0; y < kSide; ++y) {
    const double* const here = layer + y * kSide;
    const double* const before = layer + (y + kSide - 1) % kSide * kSide;
    const double* const after = layer + (y + 1) % kSide * kSide;
    const double* const below = layer_below + y * kSide;
    const double* const above = layer_above + y * kSide;
    double* __restrict result = to + z * kSlabSites + y * kSide;
    const auto update = [=](std::int64_t x, std::int64_t west, std::int64_t east) {
      result[x] = here[x] + here[west] + here[east] + before[x] + after[x] + below[x] + above[x];
    };
    update(0, kSide - 1, 1);
    for (std::int64_t x = 1; x < kSide - 1; ++x) {
      update(x, x - 1, x + 1);
    }
    update(kSide - 1, kSide - 2, 0);
  }
}

void draw(Sites& sites, std::uint64_t seed) {
  Rng rng = Rng::stream(seed, kStart);
  for (double& site : sites) {
    site = static_cast<double>(rng.below(16)) - 8;
  }
}

std::uint64_t weigh(const Sites& sites, std::uint64_t seed) {
  return weigh_after(sites, 0, seed);
}

std::uint64_t weigh_after(const Sites& start, std::int64_t sweeps, std::uint64_t seed) {
  AN_ASSERT(sweeps <= kSweeps);
  const auto count = static_cast<std::int64_t>(start.size()) / kSlabSites;
  const auto layers = powers(odd_weights(count, seed, kWeightsZ), sweeps);
  const auto rows = powers(odd_weights(kSide, seed, kWeightsY), sweeps);
  const auto columns = powers(odd_weights(kSide, seed, kWeightsX), sweeps);
  std::uint64_t total = 0;
  for (std::int64_t z = 0; z < count; ++z) {
    const Layer layer = weigh_layer(start.data() + z * kSlabSites, rows, columns);
    for (std::int64_t i = 0; i <= sweeps; ++i) {
      const std::uint64_t weight = layers[static_cast<std::size_t>(i)][static_cast<std::size_t>(z)];
      for (std::int64_t j = 0; i + j <= sweeps; ++j) {
        for (std::int64_t k = 0; i + j + k <= sweeps; ++k) {
          total += multinomial(sweeps, i, j, k) * weight *
                   layer[static_cast<std::size_t>(j)][static_cast<std::size_t>(k)];
        }
      }
    }
  }
  return total;
}

}  // namespace an::workloads::lattice
