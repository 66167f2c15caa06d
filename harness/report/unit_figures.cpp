// See unit_figures.hpp.
#include "harness/report/unit_figures.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/verdict/stats.hpp"

namespace an::harness {
namespace {

struct Turns {
  std::int64_t iterations = 0;
  std::vector<double> ns, cpu_ns;
};

}  // namespace

std::vector<UnitFigure> unit_figures(const CellRecord& cell) {
  if (cell.status != Status::kOk) {
    return {};
  }
  std::map<int, Turns> units;
  for (const Sample& sample : cell.samples) {
    if (!sample.ok || sample.ns <= 0) {
      return {};
    }
    Turns& turns = units[sample.unit];
    const auto iterations = static_cast<double>(sample.iterations);
    turns.iterations += sample.iterations;
    turns.ns.push_back(static_cast<double>(sample.ns) / iterations);
    if (sample.cpu_ns) {
      turns.cpu_ns.push_back(static_cast<double>(*sample.cpu_ns) / iterations);
    }
  }
  std::vector<UnitFigure> figures;
  for (const auto& [unit, turns] : units) {
    UnitFigure figure{unit, turns.iterations, median(turns.ns), std::nullopt};
    if (turns.cpu_ns.size() == turns.ns.size()) {
      figure.cpu_ns = median(turns.cpu_ns);
    }
    figures.push_back(figure);
  }
  return figures;
}

}  // namespace an::harness
