// See placements.hpp.
#include "harness/conductor/placements.hpp"

#include <set>

#include "core/base/error.hpp"
#include "core/topology/victim_order.hpp"

namespace an::harness {
namespace {

Pin pin_of(const std::string& text) {
  const auto pin = parse_pin(text);
  if (!pin) {
    throw Error("There is no placement called " + text, "", "Choose none, compact or scatter");
  }
  return *pin;
}

}  // namespace

Placements::Placements(const std::string& pin) : machine_(read_machine()), pin_(pin_of(pin)) {}

const Placement& Placements::of(std::uint32_t workers) {
  const auto [entry, is_new] = known_.try_emplace(workers);
  if (is_new) {
    entry->second.cpus = place(machine_, workers, pin_);
    entry->second.nodes = nodes_of(machine_, entry->second.cpus);
    if (workers <= kVictimListsMax) {
      entry->second.victims = victim_order(machine_, entry->second.cpus, workers);
    }
  }
  return entry->second;
}

std::vector<PlacementRecord> Placements::records(const std::vector<CellPlan>& cells) {
  std::set<std::uint32_t> counts;
  for (const CellPlan& cell : cells) {
    if (cell.not_applicable.empty()) {
      counts.insert(cell.workers);
    }
  }
  std::vector<PlacementRecord> records;
  for (const std::uint32_t workers : counts) {
    records.push_back({workers, of(workers).cpus});
  }
  return records;
}

}  // namespace an::harness
