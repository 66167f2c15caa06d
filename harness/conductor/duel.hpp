// One cell in several builds that take turns: the arms of `compare` and `gate`. Units of fresh
// processes as in a sweep, measured as far as the caller wants, so that it can look in between.
//
// Called from the conducting thread, within a Session.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/conductor/run.hpp"
#include "harness/conductor/session.hpp"

namespace an::harness {

class Group;

struct ArmSpec {
  std::string name;                                  // "R", "C", "R'"
  std::filesystem::path executable;                  // the cell of this build
  std::optional<std::int64_t> n{};                   // another size than the cell's
  std::map<std::string, std::string> environment{};  // variables added to that of its processes
};

class Duel {
 public:
  // Starts nothing yet. The number of iterations is chosen on the first arm and holds for all.
  // `seed` draws the orders and paddings: another one for an independent batch. `first_unit` is the
  // number of its first unit; units of one cell never share a number within a run directory.
  Duel(SweepContext& context,
       const CellPlan& cell,
       const std::vector<ArmSpec>& arms,
       std::uint64_t seed,
       int first_unit = 0);
  ~Duel();

  // Measures the next `count` units of request.turns rounds each. False when an arm failed or the
  // user interrupted: then no further unit can be measured.
  bool run_units(int count);

  // Every complete round so far, dropped ones too.
  const std::vector<RoundRecord>& rounds() const;

  // kPartial while it can go on or was interrupted, kOk after finish(), else that of the first arm
  // that failed; record() of that arm says why.
  Status status() const;
  const CellRecord& record(std::size_t arm) const;

  // Appends the arms to cells.jsonl and tells the observer. Once, at the end.
  void finish();

 private:
  bool can_go_on() const;

  SweepContext& context_;
  std::unique_ptr<Group> group_;
  int next_unit_;
};

}  // namespace an::harness
