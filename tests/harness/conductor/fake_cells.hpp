// A folder with fake cells (tests/harness/fake_cell.py) and a run directory, gone after the test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

inline constexpr Nanos kPatienceNs = 20'000'000'000;

class FakeCells : public testing::Test {
 protected:
  FakeCells() {
    std::string pattern = std::filesystem::temp_directory_path() / "antinode-test-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(out());
    ::setenv("ANTINODE_LOCK", "off", 1);
    misbehave("");
  }
  ~FakeCells() override {
    ::unsetenv("ANTINODE_FAKE");
    std::filesystem::remove_all(root_);
  }

  // Makes the executable cell-<name>.
  std::filesystem::path add_cell(const std::string& name) {
    const auto path = root_ / ("cell-" + name);
    std::filesystem::create_symlink(AN_FAKE_CELL, path);
    return path;
  }

  // What the cells started from now on do: see fake_cell.py.
  static void misbehave(const std::string& modes) { ::setenv("ANTINODE_FAKE", modes.c_str(), 1); }

  std::filesystem::path out() const { return root_ / "out"; }

  std::vector<std::string> lines_of(const std::string& file) const {
    std::ifstream stream(out() / file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  std::string text_of(const std::string& file) const {
    std::ifstream stream(out() / file);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  std::filesystem::path root_;
};

}  // namespace an::harness
