// The verdicts of a comparison as text: the terminal's table and Markdown. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/compare.hpp"

namespace an::harness {

// A header and one line per cell: change and its bounds in per cent, the control's change, units,
// smallest detectable change, verdict. A cell without figures has its reason instead. With reasons
// below for every verdict that is not OK or IDENTICAL. Ends with a line end.
std::string render_verdicts(const CompareOutcome& outcome, bool colour);

// The same as a Markdown table.
std::string render_verdicts_markdown(const CompareOutcome& outcome);

}  // namespace an::harness
