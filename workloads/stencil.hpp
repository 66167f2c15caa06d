// stencil: 100 Jacobi steps of the heat equation on a square of n x n cells, rows forked and a
// barrier after every step. Little work per byte and many joins in a row: it shows the cost of
// starting and ending a parallel loop, and whether a row comes back to the cache that holds it.
//
// Source: heat of the Cilk distribution; Frigo and Strumpen, "The cache complexity of multithreaded
// cache oblivious algorithms", SPAA 2006, whose looping baseline this is (no time tiling: the
// barriers are the point). A leaf is one row.
//
// Five points, explicit, alpha = 1 / 9, zero outside the square: u' = (5 u + n + s + e + w) / 9. The
// run leaves the division out, so that a cell holds 9^t u, an integer, exactly, modulo 2^64:
// nothing is rounded and no split can change the answer. The odd factor 5 keeps a wrong cell from
// being shifted out of the word.
//
// The check runs no stencil. A step is 5 + N_rows + N_columns, where N adds the two neighbours along
// one axis; the two commute, so by the binomial theorem the weighted sum of the answer (weights.hpp)
// is the sum over k of binomial(T, k) (N^k s)^T U ((5 + N)^(T - k) r), of vectors and the start U.
//
// Operation: the update of one cell, 100 n^2 a run. Sizes: n = 64 (64 KiB), 512 (4 MiB), 2048
// (64 MiB). The seed gives the start.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/task/fork_join.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::stencil {

inline constexpr std::int64_t kSteps = 100;
static_assert(kSteps % 2 == 0, "the answer is where the start was");

// n x n cells with a border of zeros.
class Field {
 public:
  explicit Field(std::int64_t n) : n_(n), cells_(static_cast<std::size_t>((n + 2) * (n + 2))) {}

  std::int64_t n() const { return n_; }
  std::int64_t stride() const { return n_ + 2; }
  // The first cell of row i; [-1] and [n] are border, and so are rows -1 and n.
  std::uint64_t* row(std::int64_t i) { return cells_.data() + (i + 1) * stride() + 1; }
  const std::uint64_t* row(std::int64_t i) const { return cells_.data() + (i + 1) * stride() + 1; }

 private:
  std::int64_t n_;
  std::vector<std::uint64_t> cells_;
};

// What a field of n x n cells occupies.
constexpr std::int64_t field_bytes(std::int64_t n) {
  return (n + 2) * (n + 2) * static_cast<std::int64_t>(sizeof(std::uint64_t));
}

// One step for row i. The fields are different ones.
void update_row(Field& to, const Field& from, std::int64_t i);

// The start: every cell a random word.
void draw(Field& field, std::uint64_t seed);

// The weighted sum of all cells.
std::uint64_t weigh(const Field& field, std::uint64_t seed);

// weigh() of what `start` becomes after `steps` steps, by the binomial theorem. O(steps * n^2).
std::uint64_t weigh_after(const Field& start, std::int64_t steps, std::uint64_t seed);

struct Workload {
  static constexpr std::string_view kName = "stencil";
  static constexpr std::string_view kSummary = "parallel loops of short rows, a barrier per step";
  static constexpr std::string_view kSource = "Cilk heat; Frigo and Strumpen, SPAA 2006";
  static constexpr std::string_view kOperation = "cell";
  static constexpr std::string_view kParameter = "side";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 64}, {"medium", 512}, {"large", 2048}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 14;  // 4 GiB

  struct Input {
    Field field;
    Field other;  // every second step
    std::uint64_t seed;
  };
  using Answer = Unit;  // the answer is in Input::field

  static Input prepare(std::int64_t n, std::uint64_t seed) {
    AN_ASSERT(n >= kMin);
    AN_ASSERT(n <= kMax);
    Input input{Field(n), Field(n), seed};
    reset(input);
    return input;
  }
  static void reset(Input& input) { draw(input.field, input.seed); }

  template <ForkJoinWorker W>
  static Answer run(W worker, Input& input) {
    Field* from = &input.field;
    Field* to = &input.other;
    for (std::int64_t step = 0; step < kSteps; ++step) {
      an::for_range(worker, 0, from->n(), 1,
                    [to, from](W /*worker*/, std::int64_t i) { update_row(*to, *from, i); });
      std::swap(from, to);
    }
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& /*answer*/) {
    return fold(0, weigh(input.field, input.seed));
  }
  static std::uint64_t expected(const Input& input) {
    Field start(input.field.n());
    draw(start, input.seed);
    return fold(0, weigh_after(start, kSteps, input.seed));
  }
  static std::uint64_t operations(const Input& input) {
    return static_cast<std::uint64_t>(kSteps * input.field.n() * input.field.n());
  }
  static std::int64_t footprint_bytes(std::int64_t n) { return 2 * field_bytes(n); }
  static std::vector<Note> notes(const Input& input) {
    return {{"steps", kSteps},
            {"resident_bytes", 2 * field_bytes(input.field.n())},
            {"cells_per_task", input.field.n()}};
  }
};

}  // namespace an::workloads::stencil
