// What `harness micro` prints, for people and for programs.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/conductor/micro.hpp"
#include "harness/report/grid.hpp"
#include "harness/report/table.hpp"
#include "harness/verdict/micro_figures.hpp"

namespace an::harness {

// One block per program, for render_table: median, interval and spread (the robust standard deviation of
// the samples, relative to the median) of the time, then the counters.
std::vector<Grid> micro_grids(const std::vector<MicroFigure>& figures);

// The lines below the table.
Provenance micro_provenance(const MicroOutcome& outcome,
                            const std::vector<std::string>& command,
                            const std::filesystem::path& out);

// A line on what else the machine did meanwhile; empty when the kernel does not say.
std::string micro_noise_text(const MicroNoise& noise);

// All of it as one JSON object (results/README.md), indented, with a line end.
std::string micro_json(const std::vector<MicroFigure>& figures,
                       const std::map<std::string, BuildEntry>& builds,
                       const MicroNoise& noise);

}  // namespace an::harness
