// How a model is written: a function that builds the structure, starts threads, lets them act, joins
// them and requires what must hold. It is run once for every interleaving, and for every store that a
// load may read.
//
//     AN_MODEL(two_increments, {.preemptions = 2}) {
//       Atomic<int> count = 0;
//       Thread other("other", [&count] { count.fetch_add(1, kRelaxed); });
//       count.fetch_add(1, kRelaxed);
//       other.join();
//       model::require(count.load(kRelaxed) == 2, "both are counted");
//     }
//
// Body and sources are compiled with -fsanitize=thread; races, uses after free, leaks, deadlocks and
// failed assertions need no require(). No input, no clock, no randomness but what the sources take
// from core/base.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/thread.hpp"

namespace an::model {

struct Bounds {
  // Depth-first: at most so many preemptions in an execution; -1: any number, with sleep sets.
  int preemptions = -1;
  // The same for `--deep`.
  int preemptions_deep = -1;
  // Depth-first ends after so many executions; what was not reached is said.
  std::uint64_t executions = 2'000'000;
  // Then so many at random (ten times as many with `--deep`).
  std::uint64_t random = 0;
  // Not empty: the model has a planted defect, and its failure must contain this.
  std::string_view finds = "";
  // Not empty: what outcome() was told in all executions, in order, each between blanks.
  std::string_view outcomes = "";
};

struct Model {
  std::string_view name;
  void (*body)();
  Bounds bounds;
};

// Fails the execution unless `condition`.
void require(bool condition, std::string_view what);

// One of the results this model can have (litmus tests).
void outcome(const std::string& result);

// All of this executable, in the order of their definition.
std::vector<Model>& models();

struct Registration {
  Registration(std::string_view name, void (*body)(), const Bounds& bounds) {
    models().push_back({name, body, bounds});
  }
};

}  // namespace an::model

#define AN_MODEL(name, ...)                                                                  \
  static void name();                                                                        \
  static const ::an::model::Registration name##_is_a_model(#name, &(name),                   \
                                                           ::an::model::Bounds __VA_ARGS__); \
  static void name()
