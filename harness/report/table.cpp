// Column widths come from the content; a row without figures prints its reason across the rest of
// the line, so that one long reason does not widen a column for everybody.
#include "harness/report/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace an::harness {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kDim = "\x1b[2m";
constexpr const char* kPlain = "\x1b[0m";
constexpr const char* kGap = "  ";

const char* colour_of(const GridRow& row) {
  switch (row.status) {
    case Status::kOk:
      return row.is_best ? kGreen : "";
    case Status::kNotApplicable:
      return kDim;
    case Status::kPartial:
      return kYellow;
    case Status::kWrong:
    case Status::kCrash:
    case Status::kTimeout:
      return kRed;
  }
  return "";
}

std::string paint(const std::string& text, const char* code, bool colour) {
  return colour && *code != '\0' ? code + text + kPlain : text;
}

std::string align(const std::string& text, std::size_t width, bool right) {
  return right ? fmt::format("{:>{}}", text, width) : fmt::format("{:<{}}", text, width);
}

// The columns a row fills: all, or only the identifying ones when it has a reason instead of
// figures.
std::size_t filled_columns(const Grid& grid, const GridRow& row) {
  return row.has_figures ? grid.columns.size() : grid.identity_columns;
}

std::vector<std::size_t> column_widths(const Grid& grid) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < grid.columns.size(); ++column) {
    std::size_t width = grid.columns[column].title.size();
    for (const GridRow& row : grid.rows) {
      if (column < filled_columns(grid, row)) {
        width = std::max(width, row.cells[column].size());
      }
    }
    widths.push_back(width);
  }
  return widths;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string render_row(const Grid& grid,
                       const GridRow& row,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t column = 0; column < filled_columns(grid, row); ++column) {
    line += kGap + align(row.cells[column], widths[column], grid.columns[column].is_number);
  }
  if (!row.has_figures) {
    line += kGap + row.remark;
  }
  return trimmed(line);
}

std::string render_grid(const Grid& grid, bool colour) {
  const std::vector<std::size_t> widths = column_widths(grid);
  std::string text = paint(grid.workload, kBold, colour);
  if (!grid.operation.empty()) {
    text += fmt::format("  (one operation: {})", grid.operation);
  }
  text += "\n";
  std::string head;
  for (std::size_t column = 0; column < grid.columns.size(); ++column) {
    head +=
        kGap + align(grid.columns[column].title, widths[column], grid.columns[column].is_number);
  }
  text += paint(trimmed(head), kDim, colour) + "\n";
  std::string size;
  for (const GridRow& row : grid.rows) {
    // A blank line between sizes.
    text += grid.has_sizes && !size.empty() && size != row.cells[0] ? "\n" : "";
    size = row.cells[0];
    text += paint(render_row(grid, row, widths), colour_of(row), colour) + "\n";
  }
  for (const std::string& note : grid.notes) {
    text += kGap + note + "\n";
  }
  return text;
}

}  // namespace

std::string render_table(const std::vector<CellResult>& results,
                         const std::map<std::string, std::string>& operations,
                         bool colour) {
  return render_table(make_grids(results, operations), colour);
}

std::string render_table(const std::vector<Grid>& grids, bool colour) {
  std::string text;
  for (const Grid& grid : grids) {
    text += (text.empty() ? "" : "\n") + render_grid(grid, colour);
  }
  return text;
}

std::string render_footer(const Provenance& provenance) {
  std::string text;
  text += fmt::format("machine  {}\n", provenance.machine);
  text += fmt::format("date     {}   commit {}\n", provenance.date, provenance.commit);
  text += fmt::format("command  {}\n", provenance.command);
  text += fmt::format("run      {}\n", provenance.run_directory.string());
  if (provenance.interrupted) {
    text += "Interrupted: what is marked partial, or has fewer samples, was not finished.\n";
  }
  if (!provenance.unpublishable.empty()) {
    text += fmt::format(
        "Not publishable: figures of builds that are not Release, or that carry a sanitizer, "
        "measure "
        "the build and not the scheduler ({}).\n",
        fmt::join(provenance.unpublishable, "; "));
  }
  return text;
}

}  // namespace an::harness
