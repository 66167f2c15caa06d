// pareto_body: n independent tasks, most of them short and a few enormous. Counting tasks does not
// balance the load here; whoever holds an enormous one must be left alone, and what waits behind it
// must be taken away.
//
// Source: heavy-tailed task sizes as in Harchol-Balter, "The effect of heavy-tailed job size
// distributions on computer system design", 1999 (bounded Pareto). Operation: one task. Sizes: n =
// 1,000, 100,000, 1,000,000. The seed draws the lengths and where each task starts.
//
// A task repeats x = a x + c, modulo 2^64, k times and keeps the result; k is bounded Pareto with
// alpha = 1.5 between 64 and 2^20, some 190 on average and half of them below 102. The right result
// is that of a jump of k steps at once, in O(log k).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/task/fork_join.hpp"
#include "core/task/task_group.hpp"
#include "workloads/workload.hpp"

namespace an::workloads::pareto_body {

inline constexpr double kAlpha = 1.5;
inline constexpr std::uint64_t kShortest = 64;
inline constexpr std::uint64_t kLongest = 1 << 20;

// Knuth's MMIX generator (The Art of Computer Programming, volume 2, section 3.3.4).
inline constexpr std::uint64_t kFactor = 6364136223846793005;
inline constexpr std::uint64_t kSummand = 1442695040888963407;

struct Body {
  std::uint64_t start;
  std::uint64_t iterations;
  std::uint64_t result;  // 0 until the task has run; added to, so that a second run shows
};

[[gnu::noinline]] inline void spin(Body* body) {
  std::uint64_t x = body->start;
  for (std::uint64_t i = 0; i < body->iterations; ++i) {
    x = kFactor * x + kSummand;
  }
  body->result += x;
}

// x after so many iterations.
std::uint64_t jump(std::uint64_t x, std::uint64_t iterations);

// The length of a task for a uniform number in [0, 1): kShortest for 0, nearly kLongest for nearly
// 1.
std::uint64_t iterations_at(double uniform);

struct Workload {
  static constexpr std::string_view kName = "pareto_body";
  static constexpr std::string_view kSummary = "independent tasks of heavy-tailed length";
  static constexpr std::string_view kSource = "Harchol-Balter, 1999: bounded Pareto job sizes";
  static constexpr std::string_view kOperation = "task";
  static constexpr std::string_view kParameter = "tasks";
  static constexpr std::array<NamedSize, 3> kSizes{
      {{"small", 1000}, {"medium", 100000}, {"large", 1000000}}};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1 << 24;

  struct Input {
    std::vector<Body> bodies;  // in the order in which they are spawned
  };
  using Answer = Unit;  // the answer is in Body::result

  static Input prepare(std::int64_t n, std::uint64_t seed);
  static void reset(Input& input);

  template <TaskWorker W>
  static Answer run(W worker, Input& input) {
    TaskGroup<W> group(worker);
    for (Body& body : input.bodies) {
      group.spawn(worker, [slot = &body](auto /*worker*/) { spin(slot); });
    }
    group.wait(worker);
    return Unit{};
  }

  static std::uint64_t digest(const Input& input, const Answer& answer);
  static std::uint64_t expected(const Input& input);
  static std::uint64_t operations(const Input& input) { return input.bodies.size(); }
  // The tasks in flight belong to the scheduler.
  static std::int64_t footprint_bytes(std::int64_t n) {
    return n * static_cast<std::int64_t>(sizeof(Body));
  }
  // How heavy the tail came out: all iterations, those of the longest task, and its share.
  static std::vector<Note> notes(const Input& input);
};

}  // namespace an::workloads::pareto_body
