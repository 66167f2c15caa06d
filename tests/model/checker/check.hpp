// Check: all executions of one model within its bounds, and what to say about them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "tests/model/checker/explorer.hpp"
#include "tests/model/checker/model.hpp"

namespace an::model {

struct Report {
  bool is_good = false;
  bool is_exhaustive = false;  // within the bound on preemptions
  std::uint64_t executions = 0;
  std::uint64_t pruned = 0;
  std::uint64_t operations = 0;
  double seconds = 0;
  std::string failure;  // of the first execution that failed; empty: none
  std::string choices;  // that replay it
  std::set<std::string> outcomes;
};

struct Request {
  bool deep = false;
  std::uint64_t seed = 1;
  std::optional<int> preemptions;  // instead of the model's own bound
};

// The bound on preemptions that `request` means for `model`; -1: none.
int preemptions_of(const Model& model, const Request& request);

// Explores `model`. Stops at the first failure.
Report check(const Model& model, const Request& request);

struct Replay {
  std::string failure;       // "": none
  std::string interleaving;  // a table
  bool fits = false;         // the model has an execution with just these choices
};

// Runs the execution of `model` that has these choices.
Replay replay(const Model& model, const std::string& choices);

}  // namespace an::model
