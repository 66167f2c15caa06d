// The meter counts known allocations as known numbers. It has to be preloaded: this program starts
// itself again with it, and with each other allocator behind it.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "core/base/thread.hpp"
#include "harness/cell/meter.hpp"
#include "harness/conductor/allocator.hpp"

namespace an::harness {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::int64_t kPageBytes = 4096;

// Keeps the optimiser from dropping an allocation.
void* kept(void* pointer) {
  asm("" : "+r"(pointer) : : "memory");
  return pointer;
}

class Metered : public testing::Test {
 protected:
  // Bytes that became live since the last call.
  std::int64_t gained() {
    const std::int64_t now = meter_.live();
    return now - std::exchange(last_, now);
  }

  // What `allocate` returns counts with its usable size until `release` has it.
  template <class Allocate, class Release>
  void expect_counted(const char* name, Allocate allocate, Release release) {
    const std::int64_t requested = meter_.requested();
    gained();
    void* pointer = kept(allocate());
    const std::int64_t live = gained();
    EXPECT_EQ(live, static_cast<std::int64_t>(::malloc_usable_size(pointer))) << name;
    EXPECT_GE(live, 1000) << name;
    EXPECT_GE(meter_.requested() - requested, 1000) << name;
    release(pointer);
    EXPECT_EQ(gained(), -live) << name;
  }

  void* map(std::size_t pages, int protection = PROT_READ | PROT_WRITE, void* at = nullptr) {
    const int fixed = at == nullptr ? 0 : MAP_FIXED;
    return ::mmap(at, pages * kPage, protection, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
  }

  const Meter meter_ = find_meter();
  std::int64_t last_ = 0;
};

TEST_F(Metered, EveryMemberOfTheMallocFamilyIsCountedOnce) {
  expect_counted(
      "malloc", [] { return std::malloc(1000); }, std::free);
  expect_counted(
      "calloc", [] { return std::calloc(10, 100); }, std::free);
  expect_counted(
      "realloc", [] { return std::realloc(kept(std::malloc(10)), 1000); }, std::free);
  expect_counted(
      "reallocarray", [] { return ::reallocarray(nullptr, 10, 100); }, std::free);
  expect_counted(
      "aligned_alloc", [] { return std::aligned_alloc(64, 1024); }, std::free);
  expect_counted(
      "memalign", [] { return ::memalign(256, 1000); }, std::free);
  expect_counted(
      "valloc", [] { return ::valloc(1000); }, std::free);
  expect_counted(
      "pvalloc", [] { return ::pvalloc(1000); }, std::free);
  const auto posix = [] {
    void* pointer = nullptr;
    EXPECT_EQ(::posix_memalign(&pointer, 64, 1000), 0);
    return pointer;
  };
  expect_counted("posix_memalign", posix, std::free);
}

TEST_F(Metered, OperatorNewIsCountedOnce) {
  constexpr std::align_val_t kWide{128};
  const auto release = [](void* pointer) { ::operator delete(pointer); };
  const auto release_sized = [](void* pointer) { ::operator delete (pointer, std::size_t{1000}); };
  const auto release_wide = [](void* pointer) { ::operator delete(pointer, kWide); };
  expect_counted(
      "new", [] { return ::operator new(1000); }, release);
  expect_counted(
      "new, sized delete", [] { return ::operator new(1000); }, release_sized);
  expect_counted(
      "nothrow new", [] { return ::operator new(1000, std::nothrow); }, release);
  expect_counted(
      "aligned new", [] { return ::operator new(1000, kWide); }, release_wide);
}

TEST_F(Metered, AMisalignedOrHugeRequestFailsAndCountsNothing) {
  gained();
  void* pointer = nullptr;
  EXPECT_EQ(::posix_memalign(&pointer, 24, 1000), EINVAL);
  const std::size_t half = kept(nullptr) == nullptr ? SIZE_MAX / 2 : 0;
  EXPECT_EQ(kept(::reallocarray(nullptr, half, 4)), nullptr);
  EXPECT_EQ(kept(std::malloc(half)), nullptr);
  EXPECT_THROW(kept(::operator new(half)), std::bad_alloc);
  EXPECT_EQ(gained(), 0);
}

TEST_F(Metered, AFailedReallocKeepsTheOldBlock) {
  void* block = kept(std::malloc(1000));
  gained();
  const std::size_t half = block != nullptr ? SIZE_MAX / 2 : 0;
  EXPECT_EQ(kept(std::realloc(kept(block), half)), nullptr);
  EXPECT_EQ(gained(), 0);
  std::free(block);
  EXPECT_LE(gained(), -1000);
}

TEST_F(Metered, ThePeakIsTheMostAtOnce) {
  const std::int64_t before = meter_.live();
  meter_.reset_peak();
  void* first = kept(std::malloc(3000));
  const std::int64_t first_bytes = meter_.live() - before;
  std::free(first);
  void* second = kept(std::malloc(1000));
  EXPECT_EQ(meter_.peak() - before, first_bytes);
  meter_.reset_peak();
  EXPECT_EQ(meter_.peak(), meter_.live());
  std::free(second);
}

TEST_F(Metered, WhatThreadsAllocateAddsUp) {
  constexpr std::size_t kThreads = 4, kBlocks = 1000;
  std::vector<std::vector<void*>> blocks(kThreads);
  for (auto& mine : blocks) {
    mine.resize(kBlocks);
  }
  for (const bool is_counted : {false, true}) {  // first without: libc keeps the stacks of threads
    gained();
    std::vector<std::unique_ptr<Thread>> threads;
    for (auto& mine : blocks) {
      threads.push_back(std::make_unique<Thread>("allocate", [&mine, is_counted] {
        for (void*& block : mine) {
          block = is_counted ? std::malloc(100) : nullptr;
        }
      }));
    }
  }
  std::int64_t expected = 0;
  for (const auto& mine : blocks) {
    for (void* block : mine) {
      expected += static_cast<std::int64_t>(::malloc_usable_size(block));
    }
  }
  EXPECT_EQ(gained(), expected);
  for (const auto& mine : blocks) {
    for (void* block : mine) {
      std::free(block);
    }
  }
  EXPECT_EQ(gained(), -expected);
}

TEST_F(Metered, WhatIsMappedIsLiveUntilItIsUnmapped) {
  gained();
  const std::int64_t mapped = meter_.mapped();
  char* pages = static_cast<char*>(map(10));
  EXPECT_EQ(gained(), 10 * kPageBytes);
  EXPECT_EQ(meter_.mapped() - mapped, 10 * kPageBytes);
  ::munmap(pages + 3 * kPage, 2 * kPage);
  EXPECT_EQ(gained(), -2 * kPageBytes);
  ::munmap(pages, 10 * kPage);
  EXPECT_EQ(gained(), -8 * kPageBytes);
  EXPECT_EQ(meter_.mapped(), mapped);
}

TEST_F(Metered, AddressSpaceThatIsOnlyReservedIsNotLive) {
  gained();
  char* pages = static_cast<char*>(map(100, PROT_NONE));
  EXPECT_EQ(gained(), 0);
  ::mprotect(pages + kPage, 4 * kPage, PROT_READ | PROT_WRITE);
  EXPECT_EQ(gained(), 4 * kPageBytes);
  map(2, PROT_READ | PROT_WRITE, pages + 50 * kPage);
  EXPECT_EQ(gained(), 2 * kPageBytes);
  ::mprotect(pages, 100 * kPage, PROT_NONE);
  EXPECT_EQ(gained(), -6 * kPageBytes);
  ::munmap(pages, 100 * kPage);
  EXPECT_EQ(gained(), 0);
}

TEST_F(Metered, ARemappedBlockCountsWithItsNewSize) {
  void* pages = map(4);
  gained();
  pages = ::mremap(pages, 4 * kPage, 9 * kPage, MREMAP_MAYMOVE);
  EXPECT_EQ(gained(), 5 * kPageBytes);
  ::munmap(pages, 9 * kPage);
  EXPECT_EQ(gained(), -9 * kPageBytes);
}

TEST_F(Metered, SharedMappingsAndWhatAnAllocatorMapsForItselfAreNotCounted) {
  gained();
  const std::int64_t mapped = meter_.mapped();
  void* shared = ::mmap(nullptr, kPage, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  EXPECT_EQ(gained(), 0);
  ::munmap(shared, kPage);
  constexpr std::size_t kLarge = 256 << 20;  // more than any allocator keeps at hand
  void* large = kept(std::malloc(kLarge));
  EXPECT_EQ(meter_.mapped(), mapped);
  std::free(large);
  EXPECT_EQ(gained(), 0);
}

// The tests above once more, in a process with `allocator` behind the meter.
void repeat_under(const std::string& allocator) {
  const auto found = find_allocator(allocator, library_folders());
  if (!found) {
    GTEST_SKIP() << allocator << " is not installed: apt-get install "
                 << allocator_package(allocator);
  }
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command = "LD_PRELOAD=" AN_METER ":" + found->library.string() + " " + self +
                              " --gtest_brief=1 --gtest_filter='Metered.*'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(MeterUnder, Mimalloc) {
  repeat_under("mimalloc");
}

TEST(MeterUnder, Tcmalloc) {
  repeat_under("tcmalloc");
}

}  // namespace
}  // namespace an::harness

int main(int argc, char** argv) {
  // The variable is set once: a meter that cannot be preloaded must not end in a circle.
  const bool is_metered = an::harness::find_meter().live != nullptr;
  if (!is_metered && ::getenv("AN_METER_PRELOADED") == nullptr) {
    ::setenv("AN_METER_PRELOADED", "1", 1);
    ::setenv("LD_PRELOAD", AN_METER, 1);
    ::execv("/proc/self/exe", argv);
  }
  if (!is_metered) {
    std::fprintf(stderr, "%s was not loaded\n", AN_METER);
    return 1;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
