// Results as blocks of text cells, one block per workload: the common source of the terminal table
// and of Markdown, so that the two cannot disagree. Pure functions over values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/verdict/summary.hpp"

namespace an::harness {

struct GridColumn {
  std::string title;
  bool is_number = true;  // set flush right
};

struct GridRow {
  Status status = Status::kPartial;
  bool is_best = false;            // lowest ns/op of its workload and size
  std::vector<std::string> cells;  // one per column
  std::string remark;  // "CRASH: reason", "n/a: reason"; replaces the figures when there are none
  bool has_figures = false;
};

struct Grid {
  std::string workload;
  std::string operation;  // what one operation is: "join"; may be empty
  std::vector<GridColumn> columns;
  std::size_t identity_columns = 0;  // the leading ones that every row fills
  bool has_sizes = true;             // of the first column; only rows of one size compare
  std::vector<GridRow> rows;
  std::vector<std::string> notes;  // lines to print below
};

// The scheduler with the options that make the cell another one: "heartbeat beat_us=10".
std::string scheduler_label(const CellPlan& plan);

// "CRASH: reason", "n/a: reason", "partial"; empty for ok.
std::string status_remark(Status status, const std::string& reason);

// Blocks in the order in which the workloads appear in `results`; baseline cells are left out,
// except that a failed one leaves a note, because x_serial is then missing. Notes whose name
// contains "bytes" become columns, the others lines below. `operations` maps a workload to the name
// of its operation.
std::vector<Grid> make_grids(const std::vector<CellResult>& results,
                             const std::map<std::string, std::string>& operations);

}  // namespace an::harness
