// The command line of the fuzzer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fuzz/campaign.hpp"

namespace an::fuzz {

struct Options {
  Campaign campaign;
  std::vector<std::string> schedulers;  // empty: all
  std::vector<std::uint32_t> workers;
};

// Returns an exit code when there is nothing to run (help, wrong usage), else -1.
int parse(int argc, char** argv, Options& options);

}  // namespace an::fuzz
