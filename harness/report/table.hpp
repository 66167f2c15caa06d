// The table on the terminal and the lines below it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/report/grid.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {

// One block per workload, columns aligned, ASCII; rows without figures show why instead. Colour
// codes only when `colour`. `operations` maps a workload to the name of its operation ("join").
// Ends with a line end; empty for no results.
std::string render_table(const std::vector<CellResult>& results,
                         const std::map<std::string, std::string>& operations,
                         bool colour);

// The same of blocks that are made already.
std::string render_table(const std::vector<Grid>& grids, bool colour);

// Where figures come from: no table without it.
struct Provenance {
  std::string machine;  // "Intel Xeon ..., 2 CPUs, Linux 6.1"
  std::string date;     // ISO 8601, UTC
  std::string commit;   // of the conductor's sources, with "+" when they were changed
  std::string command;
  std::filesystem::path run_directory;
  std::vector<std::string>
      unpublishable;  // cells whose build may not be published, with the reason
  bool interrupted = false;
};

// The lines below a table: machine, date, commit, command, run directory, and what forbids
// publication.
std::string render_footer(const Provenance& provenance);

}  // namespace an::harness
