// Two stored runs side by side, for people and for programs. Pure functions over values.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/compare_runs.hpp"

namespace an::harness {

// One block per workload, a row per matched cell; as the table of a run, colour codes only when
// `colour`. Columns of absolute times are there only when the machine is the same. Ends with a line
// end.
std::string render_run_comparison(const RunComparison& comparison, bool colour);

// The same as Markdown, with a heading per workload.
std::string render_run_comparison_markdown(const RunComparison& comparison);

// What must be known to read the figures, a line each: that there is no verdict, what the interval
// covers, absolute times refused and why, what the runs do not share, cells of one run only.
std::vector<std::string> comparison_lines(const RunComparison& comparison);

// What --format=json prints (results/schema/run_comparison.schema.json), ended by a line end. An
// unknown value is null, and so is every absolute time unless the machine is the same.
std::string run_comparison_json(const StoredRun& reference,
                                const StoredRun& candidate,
                                const RunComparison& comparison);

}  // namespace an::harness
