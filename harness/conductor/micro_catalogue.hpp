// The micro suite as it is found: every executable called *_bench in the given folders, asked which
// benchmarks it has.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/conductor/micro_process.hpp"

namespace an::harness {

struct MicroBenchmark {
  std::string program;      // "deque", of the executable deque_bench
  std::string name;         // "deque/line"; of a program that cannot be asked its own name
  std::string listed_name;  // as the program lists it: "line/manual_time"
  std::filesystem::path executable;
  std::string unusable;  // why the program cannot be asked; empty for a benchmark
};

// "contended<Split>" of "contended<Split>/iterations:3/manual_time": without how it is measured.
std::string short_name(std::string listed_name);

// The benchmarks of every executable called *_bench in `directories`, by program in alphabetical order, as
// the program lists them. The first directory that has a program wins. Ignores SIGPIPE from then on.
std::vector<MicroBenchmark> find_micro(const std::vector<std::filesystem::path>& directories,
                                       const Patience& patience);

}  // namespace an::harness
