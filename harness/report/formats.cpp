// CSV carries exact numbers (shortest text that reads back equal); Markdown and LaTeX the rounded ones
// of the table.
#include "harness/report/formats.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace an::harness {
namespace {

// Quoted when it holds a comma, a quote or a line end.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

template <class T>
std::string csv_number(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "";
}

template <class Map>
std::string csv_pairs(const Map& map) {
  std::string text;
  for (const auto& [name, value] : map) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ";", name, value);
  }
  return text;
}

std::string csv_line(std::vector<std::string> fields) {
  for (std::string& field : fields) {
    field = csv_field(field);
  }
  return fmt::format("{}\n", fmt::join(fields, ","));
}

// Text that cannot end a table cell or a line.
std::string markdown_field(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') {
      escaped += "\\|";
    } else {
      escaped += c == '\n' || c == '\r' ? ' ' : c;
    }
  }
  return escaped;
}

std::string markdown_line(const std::vector<std::string>& fields) {
  std::string line = "|";
  for (const std::string& field : fields) {
    line += " " + markdown_field(field) + " |";
  }
  return line + "\n";
}

// `text` so that TeX prints it as it is.
std::string latex_field(const std::string& text) {
  static const std::map<char, std::string> kEscapes{{'&', "\\&"},
                                                    {'%', "\\%"},
                                                    {'$', "\\$"},
                                                    {'#', "\\#"},
                                                    {'_', "\\_"},
                                                    {'{', "\\{"},
                                                    {'}', "\\}"},
                                                    {'~', "\\textasciitilde{}"},
                                                    {'^', "\\textasciicircum{}"},
                                                    {'\\', "\\textbackslash{}"},
                                                    {'<', "\\textless{}"},
                                                    {'>', "\\textgreater{}"},
                                                    {'\n', " "},
                                                    {'\r', " "}};
  std::string escaped;
  for (const char c : text) {
    const auto escape = kEscapes.find(c);
    escaped += escape == kEscapes.end() ? std::string(1, c) : escape->second;
  }
  return escaped;
}

// Braces keep a field that begins with '[' from being the argument of the line end before it.
std::string latex_line(const std::vector<std::string>& fields) {
  return fmt::format("  {{}}{} \\\\\n", fmt::join(fields, " & "));
}

// A row without figures says why instead, across the columns that are then free.
std::string latex_row(const Grid& grid, const GridRow& row) {
  std::vector<std::string> fields;
  const std::size_t filled = row.has_figures ? grid.columns.size() : grid.identity_columns;
  for (std::size_t column = 0; column < filled; ++column) {
    fields.push_back(latex_field(row.cells[column]));
  }
  if (!row.has_figures) {
    fields.push_back(fmt::format("\\multicolumn{{{}}}{{l}}{{{}}}", grid.columns.size() - filled,
                                 latex_field(row.remark)));
  }
  return latex_line(fields);
}

std::string latex_table(const Grid& grid) {
  std::string kinds;
  std::vector<std::string> titles;
  for (const GridColumn& column : grid.columns) {
    kinds += column.is_number ? 'r' : 'l';
    titles.push_back(latex_field(column.title));
  }
  std::string text =
      fmt::format("% {}\n\\begin{{tabular}}{{{}}}\n  \\toprule\n", grid.workload, kinds);
  text += latex_line(titles) + "  \\midrule\n";
  std::string size;
  for (const GridRow& row : grid.rows) {
    // Only rows of one size compare.
    text += !size.empty() && size != row.cells[0] ? "  \\addlinespace\n" : "";
    size = row.cells[0];
    text += latex_row(grid, row);
  }
  text += "  \\bottomrule\n\\end{tabular}\n";
  for (const std::string& note : grid.notes) {
    text += "\\par " + latex_field(note) + "\n";
  }
  return text;
}

}  // namespace

std::string render_csv(const std::vector<CellResult>& results) {
  std::string text = csv_line({"cell",           "scheduler",    "workload",      "size",
                               "workers",        "options",      "allocator",     "status",
                               "reason",         "samples",      "units",         "dropped",
                               "stopped",        "ops",          "ns_per_op",     "ns_low",
                               "ns_high",        "x_serial",     "x_serial_low",  "x_serial_high",
                               "x_best",         "bytes_per_op", "task_bytes",    "requested_bytes",
                               "retained_bytes", "leaked_bytes", "rss_delta_kib", "rss_peak_kib",
                               "verified",       "counters",     "notes"});
  for (const CellResult& result : results) {
    if (result.plan.baseline) {
      continue;
    }
    text += csv_line({result.plan.name,
                      result.plan.scheduler,
                      result.plan.workload,
                      fmt::format("{}", result.plan.n),
                      fmt::format("{}", result.plan.workers),
                      csv_pairs(result.plan.options),
                      result.plan.allocator.name,
                      to_string(result.status),
                      result.reason.value_or(""),
                      fmt::format("{}", result.samples),
                      fmt::format("{}", result.units),
                      fmt::format("{}", result.dropped),
                      result.stopped ? to_string(*result.stopped) : "",
                      csv_number(result.ops),
                      csv_number(result.ns_per_op),
                      csv_number(result.ns_low),
                      csv_number(result.ns_high),
                      csv_number(result.x_serial),
                      csv_number(result.x_serial_low),
                      csv_number(result.x_serial_high),
                      csv_number(result.x_best),
                      csv_number(result.bytes_per_op),
                      csv_number(result.task_bytes),
                      csv_number(result.memory.requested_bytes),
                      csv_number(result.memory.retained_bytes),
                      csv_number(result.memory.leaked_bytes),
                      csv_number(result.memory.rss_delta_kib),
                      csv_number(result.rss_peak_kib),
                      result.verified ? "true" : "false",
                      csv_pairs(result.counters),
                      csv_pairs(result.notes)});
  }
  return text;
}

std::string render_markdown(const std::vector<CellResult>& results,
                            const std::map<std::string, std::string>& operations) {
  return render_markdown(make_grids(results, operations));
}

std::string render_markdown(const std::vector<Grid>& grids) {
  std::string text;
  for (const Grid& grid : grids) {
    text += fmt::format("{}### {}\n\n", text.empty() ? "" : "\n", grid.workload);
    if (!grid.operation.empty()) {
      text += fmt::format("One operation: {}.\n\n", grid.operation);
    }
    std::vector<std::string> titles, rules;
    for (const GridColumn& column : grid.columns) {
      titles.push_back(column.title);
      rules.push_back(column.is_number ? "---:" : "---");
    }
    text += markdown_line(titles) + markdown_line(rules);
    for (const GridRow& row : grid.rows) {
      text += markdown_line(row.cells);
    }
    for (const std::string& note : grid.notes) {
      text += "\n" + markdown_field(note) + "\n";
    }
  }
  return text;
}

std::string render_latex(const std::vector<CellResult>& results,
                         const std::map<std::string, std::string>& operations) {
  std::string text;
  for (const Grid& grid : make_grids(results, operations)) {
    text += (text.empty() ? "" : "\n") + latex_table(grid);
  }
  return text;
}

}  // namespace an::harness
