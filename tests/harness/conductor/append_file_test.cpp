#include "harness/conductor/append_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/base/error.hpp"

namespace an::harness {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST(AppendFile, WhatIsThereStays) {
  const std::filesystem::path path = testing::TempDir() + "/antinode-append-file";
  std::ofstream(path) << "first\n";
  {
    AppendFile file(path);
    file.append("second\n");
    EXPECT_EQ(text_of(path), "first\nsecond\n") << "nothing is held back";
    file.append("third\n");
    file.sync();
  }
  EXPECT_EQ(text_of(path), "first\nsecond\nthird\n");
  std::filesystem::remove(path);
}

TEST(AppendFile, AFullDiskAndAMissingFolderAreErrors) {
  EXPECT_THROW(AppendFile("/proc/antinode/none"), Error);
  AppendFile full("/dev/full");
  EXPECT_THROW(full.append("line\n"), Error);
}

}  // namespace
}  // namespace an::harness
