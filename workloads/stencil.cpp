#include "workloads/stencil.hpp"

#include <cstddef>
#include <span>

#include "core/base/rng.hpp"
#include "workloads/weights.hpp"

namespace an::workloads::stencil {

namespace {

constexpr std::uint64_t kStart = 301;  // streams of the seed
constexpr std::uint64_t kRowWeights = 302;
constexpr std::uint64_t kColumnWeights = 303;

using Vector = std::vector<std::uint64_t>;

// centre * x + N x, where N adds the two neighbours.
Vector blur(const Vector& x, std::uint64_t centre) {
  Vector result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::uint64_t before = i == 0 ? 0 : x[i - 1];
    const std::uint64_t after = i + 1 == x.size() ? 0 : x[i + 1];
    result[i] = centre * x[i] + before + after;
  }
  return result;
}

// x, blur(x), blur(blur(x)), ...: steps + 1 vectors.
std::vector<Vector> blurs(const Vector& x, std::uint64_t centre, std::int64_t steps) {
  std::vector<Vector> result{x};
  for (std::int64_t step = 0; step < steps; ++step) {
    result.push_back(blur(result.back(), centre));
  }
  return result;
}

// The binomials of n, modulo 2^64, by Pascal's triangle.
Vector binomials(std::int64_t n) {
  Vector row{1};
  for (std::int64_t i = 0; i < n; ++i) {
    row.push_back(0);
    for (std::size_t k = row.size() - 1; k > 0; --k) {
      row[k] += row[k - 1];
    }
  }
  return row;
}

}  // namespace

void update_row(Field& to, const Field& from, std::int64_t i) {
  std::uint64_t* __restrict result = to.row(i);
  const std::uint64_t* const here = from.row(i);
  const std::uint64_t* const above = from.row(i - 1);
  const std::uint64_t* const below = from.row(i + 1);
  const std::int64_t n = from.n();  // a store to `result` might change it otherwise
  for (std::int64_t j = 0; j < n; ++j) {
    result[j] = 5 * here[j] + here[j - 1] + here[j + 1] + above[j] + below[j];
  }
}

void draw(Field& field, std::uint64_t seed) {
  Rng rng = Rng::stream(seed, kStart);
  for (std::int64_t i = 0; i < field.n(); ++i) {
    for (std::int64_t j = 0; j < field.n(); ++j) {
      field.row(i)[j] = rng.next();
    }
  }
}

std::uint64_t weigh(const Field& field, std::uint64_t seed) {
  return weigh_after(field, 0, seed);
}

std::uint64_t weigh_after(const Field& start, std::int64_t steps, std::uint64_t seed) {
  const auto rows = blurs(odd_weights(start.n(), seed, kRowWeights), 0, steps);
  const auto columns = blurs(odd_weights(start.n(), seed, kColumnWeights), 5, steps);
  const Vector binomial = binomials(steps);
  std::uint64_t total = 0;
  for (std::int64_t i = 0; i < start.n(); ++i) {
    for (std::size_t k = 0; k < binomial.size(); ++k) {
      total += binomial[k] * rows[k][static_cast<std::size_t>(i)] *
               dot(std::span(start.row(i), static_cast<std::size_t>(start.n())),
                   columns[binomial.size() - 1 - k]);
    }
  }
  return total;
}

}  // namespace an::workloads::stencil
