#include "harness/conductor/allocator.hpp"

#include <unistd.h>

#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class AllocatorTest : public FakeCells {
 protected:
  // A file called `name` in the folder of the test.
  void add_file(const std::string& name) { std::ofstream(root_ / name) << "not a library"; }
};

TEST_F(AllocatorTest, GlibcIsAlwaysThereAndNeedsNoLibrary) {
  const auto found = find_allocator("glibc", {});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->library.empty());
  EXPECT_FALSE(found->version.empty());
  EXPECT_TRUE(is_loaded(*found, ::getpid()));
}

TEST_F(AllocatorTest, TheNewestLibraryIsFoundWithItsLinksResolved) {
  add_file("libmimalloc.so.2.0");
  add_file("libmimalloc.so.2.1");
  add_file("libmimallocator.so.9");
  std::filesystem::create_symlink("libmimalloc.so.2.1", root_ / "libmimalloc.so.2");
  std::filesystem::create_symlink("nowhere", root_ / "libmimalloc.so.3");
  const auto found = find_allocator("mimalloc", {root_ / "missing", root_});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->library, std::filesystem::canonical(root_) / "libmimalloc.so.2.1");
  EXPECT_EQ(found->version, "2.1");
}

TEST_F(AllocatorTest, WhatIsNotInstalledIsNotFound) {
  add_file("libmimalloc.so.2.0");
  EXPECT_FALSE(find_allocator("tcmalloc", {root_}));
  EXPECT_FALSE(find_allocator("jemalloc", {root_}));
  EXPECT_NE(allocator_package("tcmalloc"), "");
}

TEST_F(AllocatorTest, TheFoldersCanBeNamed) {
  ::setenv("ANTINODE_LIBRARIES", "/one:/two", 1);
  EXPECT_EQ(library_folders(), (std::vector<std::filesystem::path>{"/one", "/two"}));
  ::unsetenv("ANTINODE_LIBRARIES");
  EXPECT_GT(library_folders().size(), 2u);
}

TEST_F(AllocatorTest, ALibraryThatIsNotMappedIsNotLoaded) {
  EXPECT_FALSE(is_loaded({"mimalloc", root_ / "libmimalloc.so.2", "2"}, ::getpid()));
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_TRUE(is_loaded({"mimalloc", self, ""}, ::getpid()));
}

}  // namespace
}  // namespace an::harness
