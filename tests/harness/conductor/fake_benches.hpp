// A folder with fake programs of the micro suite (tests/harness/fake_bench.py) and a folder to measure into,
// gone after the test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "harness/conductor/micro_catalogue.hpp"

namespace an::harness {

class FakeBenches : public testing::Test {
 protected:
  FakeBenches() {
    std::string pattern = std::filesystem::temp_directory_path() / "antinode-test-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(out());
    misbehave("");
  }
  ~FakeBenches() override {
    ::unsetenv("ANTINODE_FAKE_BENCH");
    std::filesystem::remove_all(root_);
  }

  // Makes the executable <name>_bench.
  std::filesystem::path add_program(const std::string& name) {
    const auto path = root_ / (name + "_bench");
    std::filesystem::create_symlink(AN_FAKE_BENCH, path);
    return path;
  }

  // What the programs started from now on do: see fake_bench.py.
  static void misbehave(const std::string& modes) {
    ::setenv("ANTINODE_FAKE_BENCH", modes.c_str(), 1);
  }

  std::filesystem::path out() const { return root_ / "out"; }

  std::filesystem::path root_;
  Patience patience_{20'000'000'000, -1};
};

}  // namespace an::harness
