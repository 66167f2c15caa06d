// See micro_catalogue.hpp.
#include "harness/conductor/micro_catalogue.hpp"

#include <signal.h>
#include <unistd.h>

#include <map>
#include <sstream>
#include <system_error>

namespace an::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgramSuffix = "_bench";

// Adds the executables of `directory` that `programs` has no other of.
void add_programs(const fs::path& directory, std::map<std::string, fs::path>& programs) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    std::error_code ignored;
    if (file.size() > kProgramSuffix.size() && file.ends_with(kProgramSuffix) &&
        entry->is_regular_file(ignored) && ::access(entry->path().c_str(), X_OK) == 0) {
      programs.emplace(file.substr(0, file.size() - kProgramSuffix.size()),
                       fs::absolute(entry->path()));
    }
  }
}

void append_benchmarks(const std::string& program,
                       const fs::path& executable,
                       const Patience& patience,
                       std::vector<MicroBenchmark>& benchmarks) {
  const auto answer = run_to_end(executable, {"--benchmark_list_tests=true"}, patience);
  if (!answer) {
    benchmarks.push_back(
        {program, program, "", executable, "it lists no benchmarks: " + answer.reason});
    return;
  }
  std::istringstream lines(answer.value);
  const std::size_t before = benchmarks.size();
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      benchmarks.push_back({program, program + "/" + short_name(line), line, executable, ""});
    }
  }
  if (benchmarks.size() == before) {
    benchmarks.push_back({program, program, "", executable, "it lists no benchmarks"});
  }
}

}  // namespace

std::string short_name(std::string listed_name) {
  for (std::size_t slash = listed_name.rfind('/'); slash != std::string::npos;
       slash = listed_name.rfind('/')) {
    const std::string part = listed_name.substr(slash + 1);
    if (part != "real_time" && part != "manual_time" && part != "process_time" &&
        !part.starts_with("iterations:") && !part.starts_with("min_time:")) {
      break;
    }
    listed_name.resize(slash);
  }
  return listed_name;
}

std::vector<MicroBenchmark> find_micro(const std::vector<fs::path>& directories,
                                       const Patience& patience) {
  // A program that dies early must be an error code.
  ::signal(SIGPIPE, SIG_IGN);
  std::map<std::string, fs::path> programs;
  for (const fs::path& directory : directories) {
    add_programs(directory, programs);
  }
  std::vector<MicroBenchmark> benchmarks;
  for (const auto& [program, executable] : programs) {
    append_benchmarks(program, executable, patience, benchmarks);
  }
  return benchmarks;
}

}  // namespace an::harness
