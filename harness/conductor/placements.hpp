// Where the workers of a cell run and whom they rob: read once per run, computed once per workers
// count, so that every cell of a comparison is placed alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/topology/machine.hpp"
#include "core/topology/placement.hpp"
#include "harness/conductor/record.hpp"

namespace an::harness {

struct Placement {
  std::vector<int> cpus;                            // empty: not pinned
  std::vector<std::vector<std::uint32_t>> victims;  // empty: too many workers to list
  std::vector<std::uint32_t> nodes;                 // as cpus
};

class Placements {
 public:
  // `pin` is none, compact or scatter; throws an::Error for anything else, or when the machine
  // cannot be read.
  explicit Placements(const std::string& pin);

  // Victims are handed over unpinned too. Above kVictimListsMax workers the lists would not fit
  // into a line of the protocol and stay empty.
  const Placement& of(std::uint32_t workers);

  // For the manifest: one record per workers count among `cells`.
  std::vector<PlacementRecord> records(const std::vector<CellPlan>& cells);

  static constexpr std::uint32_t kVictimListsMax = 256;

 private:
  Machine machine_;
  Pin pin_;
  std::map<std::uint32_t, Placement> known_;
};

}  // namespace an::harness
