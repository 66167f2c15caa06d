// Results for other programs and for documents. JSON is harness/verdict/summary.hpp's, because the
// run directory holds it too.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/report/grid.hpp"
#include "harness/verdict/summary.hpp"

namespace an::harness {

// RFC 4180 with "\n" line ends: a header line with the members of summary.json, then one line per
// cell that is no baseline. An unknown value is empty; options, counters and notes are `name=value`
// pairs joined by ";".
std::string render_csv(const std::vector<CellResult>& results);

// A heading and a table per workload, in GitHub's dialect, with the columns of the terminal table.
std::string render_markdown(const std::vector<CellResult>& results,
                            const std::map<std::string, std::string>& operations);

// The same of blocks that are made already.
std::string render_markdown(const std::vector<Grid>& grids);

// A table per workload for a document that loads booktabs, with the columns of the terminal table:
// estimates with their interval as `3.41 [3.39, 3.52]`, everything escaped. Ends with a line end.
std::string render_latex(const std::vector<CellResult>& results,
                         const std::map<std::string, std::string>& operations);

}  // namespace an::harness
