#include "core/memory/frame_arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstdint>
#include <cstring>
#include <exception>
#include <vector>

#include "core/base/thread.hpp"

namespace an {
namespace {

// A coroutine that is started and destroyed by hand.
struct Frame {
  struct promise_type : InArena {
    Frame get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(std::uint64_t value) { result = value; }
    void unhandled_exception() { std::terminate(); }

    std::uint64_t result = 0;
  };

  // Runs it to the next suspension; at its end takes the result and destroys it.
  std::uint64_t finish() {
    while (!handle.done()) {
      handle.resume();
    }
    const std::uint64_t result = handle.promise().result;
    handle.destroy();
    return result;
  }

  std::coroutine_handle<promise_type> handle;
};

// kWords of local state that survive a suspension: the frame is larger than that.
template <std::size_t kWords>
Frame sum_of(std::uint64_t seed) {
  std::array<std::uint64_t, kWords> words;
  for (std::size_t i = 0; i < kWords; ++i) {
    words[i] = seed + i;
  }
  co_await std::suspend_always{};
  std::uint64_t sum = 0;
  for (const std::uint64_t word : words) {
    sum += word;
  }
  co_return sum;
}

constexpr std::uint64_t expected_sum(std::uint64_t words, std::uint64_t seed) {
  return words * seed + words * (words - 1) / 2;
}

TEST(FrameArena, AMemberReusesItsFrames) {
  FrameArena arena(1);
  const FrameArena::Member member(arena, 0);
  Frame first = sum_of<8>(1);
  const void* address = first.handle.address();
  EXPECT_EQ(arena.live(), 1);
  EXPECT_EQ(first.finish(), expected_sum(8, 1));
  EXPECT_EQ(arena.live(), 0);
  Frame second = sum_of<8>(2);
  EXPECT_EQ(second.handle.address(), address);
  EXPECT_EQ(second.finish(), expected_sum(8, 2));
  EXPECT_EQ(FrameArena::live_outside(), 0);
}

TEST(FrameArena, FramesOfAllSizesAreWholeAndAligned) {
  FrameArena arena(1);
  const FrameArena::Member member(arena, 0);
  for (std::size_t bytes = 1; bytes <= 3000; bytes += 7) {
    void* frame = FrameArena::allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame) % FrameArena::kAlignment, 0U);
    std::memset(frame, 0xab, bytes);
    FrameArena::free(frame);
  }
  EXPECT_EQ(arena.live(), 0);
  EXPECT_EQ(sum_of<500>(3).finish(), expected_sum(500, 3));
  EXPECT_EQ(arena.live(), 0);
}

TEST(FrameArena, AThreadThatIsNoMemberUsesTheHeap) {
  FrameArena arena(1);
  Frame frame = sum_of<8>(1);
  EXPECT_EQ(arena.live(), 0);
  EXPECT_EQ(FrameArena::live_outside(), 1);
  {
    const FrameArena::Member member(arena, 0);
    EXPECT_EQ(frame.finish(), expected_sum(8, 1)) << "a member may finish a frame of the heap";
  }
  EXPECT_EQ(FrameArena::live_outside(), 0);
  EXPECT_EQ(arena.held_bytes(), 0U);
}

TEST(FrameArena, MembersNestAndTheInnermostCounts) {
  FrameArena outer(1);
  FrameArena inner(2);
  const FrameArena::Member member(outer, 0);
  Frame from_inner = [&inner] {
    const FrameArena::Member nested(inner, 1);
    return sum_of<8>(1);
  }();
  Frame from_outer = sum_of<8>(2);
  EXPECT_EQ(inner.live(), 1);
  EXPECT_EQ(outer.live(), 1);
  EXPECT_EQ(from_inner.finish(), expected_sum(8, 1)) << "freed by a member of another arena";
  EXPECT_EQ(from_outer.finish(), expected_sum(8, 2));
  EXPECT_EQ(inner.live(), 0);
  EXPECT_EQ(outer.live(), 0);
}

// Worker 0 calls, the finisher finishes: a member or an outsider. Twenty rounds in the memory of
// one, because every frame comes home.
void expect_frames_come_home(bool finisher_is_member) {
  constexpr std::uint64_t kFrames = 2'000;
  FrameArena arena(2);
  const FrameArena::Member member(arena, 0);
  std::uint64_t held = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<Frame> frames;
    for (std::uint64_t i = 0; i < kFrames; ++i) {
      frames.push_back(sum_of<8>(i));
      frames.back().handle.resume();  // half way
    }
    Thread finisher("finisher", [&] {
      const auto finish_all = [&frames] {
        for (std::uint64_t i = 0; i < kFrames; ++i) {
          ASSERT_EQ(frames[i].finish(), expected_sum(8, i));
        }
      };
      if (finisher_is_member) {
        const FrameArena::Member other(arena, 1);
        finish_all();
      } else {
        finish_all();
      }
    });
    finisher.join();
    EXPECT_EQ(arena.live(), 0);
    held = round == 0 ? arena.held_bytes() : held;
    EXPECT_EQ(arena.held_bytes(), held);
  }
}

TEST(FrameArena, FramesFinishedByAnotherMemberComeHome) {
  expect_frames_come_home(true);
}

TEST(FrameArena, FramesFinishedByAnOutsiderComeHome) {
  expect_frames_come_home(false);
}

// Too few for a batch, and home all the same: an outsider hands back at once, a member when it ends.
TEST(FrameArena, NoFrameStaysWithAThreadThatIsGone) {
  for (const bool is_member : {false, true}) {
    FrameArena arena(2);
    const FrameArena::Member member(arena, 0);
    void* frame = FrameArena::allocate(100);
    Thread finisher("finisher", [&] {
      if (is_member) {
        const FrameArena::Member other(arena, 1);
        FrameArena::free(frame);
      } else {
        FrameArena::free(frame);
      }
    });
    finisher.join();
    void* again = FrameArena::allocate(100);
    EXPECT_EQ(again, frame) << is_member;
    FrameArena::free(again);
  }
}

TEST(FrameArena, OutsidersMayFreeAtOnce) {
  constexpr std::uint64_t kFrames = 5'000;
  FrameArena arena(1);
  std::array<std::vector<void*>, 2> frames;
  {
    const FrameArena::Member member(arena, 0);
    for (std::uint64_t i = 0; i < 2 * kFrames; ++i) {
      frames[i % 2].push_back(FrameArena::allocate(100));
    }
  }
  {
    std::array<Thread, 2> outsiders = {
        Thread("outsider",
               [&] { std::for_each(frames[0].begin(), frames[0].end(), FrameArena::free); }),
        Thread("outsider",
               [&] { std::for_each(frames[1].begin(), frames[1].end(), FrameArena::free); })};
  }
  EXPECT_EQ(arena.live(), 0);
}

TEST(FrameArenaDeathTest, AWorkerThatDoesNotExistIsRefused) {
  FrameArena arena(2);
  EXPECT_DEATH(FrameArena::Member(arena, 2), "owners");
}

}  // namespace
}  // namespace an
