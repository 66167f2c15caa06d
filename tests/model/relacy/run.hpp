// Runs the shapes of one structure under Relacy: which program, which search, how many iterations.
//
//     relacy_deque [--shape=NAME] [--iterations=N] [--preemptions=N] [--weaken=FILE:LINE=ORDER]
//                  [--drop=FILE:LINE] [--sites] [--history]
//
// --iterations is for the random searches, --preemptions for the bounded ones.
//
// Prints a line for each shape: its search, its iterations (the random search's seeds are 1 to N)
// and the outcome. Stops at the first violation. Exit code 0: none; 1: a violation; 2: bad usage.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "core/base/atomic.hpp"

namespace an::relacy {

struct Search {
  rl::scheduler_type_e scheduler;
  std::uint64_t iterations;  // of the random search; the others end by themselves
  unsigned context_bound = 0;
};

// Random schedules and random choices among the last three values: iteration i has seed i.
inline constexpr Search random_search(std::uint64_t iterations) {
  return {rl::sched_random, iterations};
}

// Every schedule, every choice among the last two values.
inline constexpr Search full_search() {
  return {rl::sched_full, 0};
}

// Every schedule with at most `switches` preemptions, every choice among the last two values.
inline constexpr Search bounded_search(unsigned switches) {
  return {rl::sched_bound, 0, switches};
}

struct Shape {
  const char* name;
  Search search;
  bool (*simulate)(rl::test_params&);
};

template <class Suite>
Shape shape(const char* name, Search search) {
  return {name, search, [](rl::test_params& params) { return rl::simulate<Suite>(params); }};
}

// First member of a suite. A search that enumerates would double for every block that is freed, for
// Relacy then chooses when to reuse it: such a search allocates past Relacy. Leaks and uses after
// free are the random search's to find.
class Memory {
 public:
  Memory();
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
};

int run_shapes(int argc, char** argv, std::initializer_list<Shape> shapes);

}  // namespace an::relacy

// A condition of the model; a failure is a violation at this place.
#define AN_MODEL_REQUIRE(condition)                                           \
  do {                                                                        \
    if (!(condition)) {                                                       \
      ::rl::ctx().fail_test(#condition, ::rl::test_result_user_assert_failed, \
                            ::rl::debug_info(__func__, __FILE__, __LINE__));  \
    }                                                                         \
  } while (false)
