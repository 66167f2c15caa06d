// Stored runs in the formats of other tools. What these tools do with them is theirs: none knows
// that our turns are paired, so a difference that `harness compare` sees may be lost on them, and
// one that it does not see may be found.
//
// A cell without figures (wrong, crashed, timed out, cut short, n/a) has no place in these formats
// and is left out; left_out() names it. Baselines added for x_serial are left out silently. No text
// here ever holds NaN or Infinity. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/run_files.hpp"

namespace an::harness {

// One arm of a stored run.
struct ExportedRun {
  StoredRun run;
  std::string arm;  // "" when the run has none
};

// Google Benchmark's JSON (json_schema_version 1), one file for compare.py: each unit is a
// repetition with its median times, no aggregates. The context is that of the first run; an unknown
// CPU time repeats the wall time, because the format has no null.
std::string render_gbench(const std::vector<ExportedRun>& runs);

// The Go benchmark format for benchstat: a line per unit, ns per iteration.
//
//     BenchmarkFib/n=30/sched=resonance-2 3 31882204 ns/op
std::string render_benchfmt(const std::vector<ExportedRun>& runs);

// The names of the cells that the two formats above leave out, with the reason: "fib/...: crash".
std::vector<std::string> left_out(const std::vector<ExportedRun>& runs);

}  // namespace an::harness
