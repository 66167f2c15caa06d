// See verdict_table.hpp.
#include "harness/report/verdict_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace an::harness {
namespace {

constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kPlain = "\x1b[0m";

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;
const Row kTitles{"cell", "change", "[L, U]", "control", "units", "MDE"};

std::string percent_text(std::optional<double> log_ratio) {
  return log_ratio ? fmt::format("{:+.2f} %", percent(*log_ratio)) : "";
}

// L and U are one-sided bounds, each of its own level; a missing one is open.
std::string bounds_text(const Decision& decision) {
  if (!decision.theta) {
    return "";
  }
  const auto bound = [](std::optional<double> value, const char* open) {
    return value ? fmt::format("{:+.2f}", percent(*value)) : std::string(open);
  };
  return fmt::format("[{}, {}]", bound(decision.low, "-inf"), bound(decision.high, "inf"));
}

Row figures_of(const CellVerdict& cell) {
  const Decision& decision = cell.decision;
  if (cell.status != Status::kOk) {
    return {cell.plan.name, "", "", "", "", ""};
  }
  return {cell.plan.name,
          percent_text(decision.theta),
          bounds_text(decision),
          percent_text(decision.control),
          decision.measured > 0 ? fmt::format("{}", decision.n) : "",
          decision.mde ? fmt::format("{:.1f} %", percent(*decision.mde)) : ""};
}

std::string verdict_text(const CellVerdict& cell) {
  if (cell.status == Status::kOk) {
    return std::string(to_string(cell.decision.verdict));
  }
  std::string name = to_string(cell.status);
  if (cell.status != Status::kNotApplicable) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  }
  return name;
}

const char* colour_of(const CellVerdict& cell) {
  if (cell.status != Status::kOk) {
    return cell.status == Status::kNotApplicable || cell.status == Status::kPartial ? kYellow
                                                                                    : kRed;
  }
  switch (cell.decision.verdict) {
    case Verdict::kOk:
    case Verdict::kImproved:
    case Verdict::kIdentical:
      return kGreen;
    case Verdict::kRegressed:
    case Verdict::kInvalid:
      return kRed;
    default:
      return kYellow;
  }
}

// Why, where the verdict does not speak for itself.
std::string remark_of(const CellVerdict& cell) {
  if (cell.status != Status::kOk) {
    return cell.reason;
  }
  const Verdict verdict = cell.decision.verdict;
  const bool is_plain =
      verdict == Verdict::kOk || verdict == Verdict::kIdentical || verdict == Verdict::kImproved;
  return is_plain ? "" : cell.decision.reason;
}

std::string legend(const DecisionRule& rule) {
  return fmt::format(
      "change: of time per iteration, candidate against reference, tolerance {:g} %; L and U:\n"
      "one-sided bounds; control: a copy of the reference against it; MDE: the least change\n"
      "beyond the tolerance that would have been flagged 9 times in 10\n",
      100 * rule.tolerance);
}

}  // namespace

std::string render_verdicts(const CompareOutcome& outcome, bool colour) {
  std::array<std::size_t, kColumns> widths{};
  std::vector<Row> rows;
  for (const CellVerdict& cell : outcome.cells) {
    rows.push_back(figures_of(cell));
  }
  for (std::size_t column = 0; column < kColumns; ++column) {
    widths[column] = kTitles[column].size();
    for (const Row& row : rows) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  const auto line = [&](const Row& row) {
    std::string text = fmt::format("{:<{}}", row[0], widths[0]);
    for (std::size_t column = 1; column < kColumns; ++column) {
      text += fmt::format("  {:>{}}", row[column], widths[column]);
    }
    return text + "  ";
  };
  std::string text = line(kTitles) + "verdict\n";
  std::string remarks;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CellVerdict& cell = outcome.cells[i];
    const std::string verdict = verdict_text(cell);
    text += line(rows[i]) + (colour ? colour_of(cell) + verdict + kPlain : verdict) + "\n";
    const std::string remark = remark_of(cell);
    remarks += remark.empty() ? "" : fmt::format("{}: {}\n", cell.plan.name, remark);
  }
  return text + "\n" + legend(outcome.rule) + (remarks.empty() ? "" : "\n" + remarks);
}

std::string render_verdicts_markdown(const CompareOutcome& outcome) {
  std::string text = "| cell | change | [L, U] | control | units | MDE | verdict | why |\n";
  text += "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n";
  for (const CellVerdict& cell : outcome.cells) {
    text += "|";
    for (const std::string& field : figures_of(cell)) {
      text += " " + field + " |";
    }
    std::string why = remark_of(cell);
    std::replace(why.begin(), why.end(), '\n', ' ');
    std::replace(why.begin(), why.end(), '|', '/');
    text += fmt::format(" {} | {} |\n", verdict_text(cell), why);
  }
  return text;
}

}  // namespace an::harness
