// What `harness metg` prints, for people and for programs. Pure functions over values.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/metg.hpp"

namespace an::harness {

// A row per scheduler and number of workers, then the curves: a column per length of task. `target`
// is the efficiency of the METG. Colour codes only when `colour`; ends with a line end.
std::string render_metg(const std::vector<Metg>& rows, double target, bool colour);

// What --format=json prints (results/schema/metg.schema.json), ended by a line end; `alpha` is the
// two-sided level of the intervals.
std::string metg_json(const std::vector<Metg>& rows, double target, double alpha);

}  // namespace an::harness
