// FrameArena: where coroutine frames live. A frame is allocated by the worker that calls the
// coroutine and destroyed by whichever worker finishes it, so this is an ObjectPool with a header
// in front of each frame that says where it goes back to.
//
// A promise type derives from InArena; that is all a coroutine type has to know:
//
//     struct promise_type : an::InArena { .. };
//
// Threads: a worker opens a FrameArena::Member for as long as it runs, and from then on its
// coroutines allocate from its part of the arena. A thread that is no member allocates from the
// heap, and may free frames of any arena (one lock). The arena outlives its frames.
//
// I1: a header is written once, by the allocating thread, and read once, by the freeing one.
// I2: a frame is aligned to kAlignment, like memory from operator new. Coroutines with
//     over-aligned locals need another home.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "core/memory/object_pool.hpp"

namespace an {

class FrameArena {
 public:
  class Member;

  static constexpr std::size_t kAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

  // An arena for members 0 .. workers-1. Maps nothing yet.
  explicit FrameArena(std::uint32_t workers) : pool_(workers + 1) {}

  // `bytes` for a frame, from the calling thread's arena if it is a member of one. Throws
  // std::bad_alloc. Not inlined: the address of a thread-local must not survive a suspension.
  static void* allocate(std::size_t bytes);

  // Gives back what allocate() returned, on any thread.
  static void free(void* frame) noexcept;

  // As ObjectPool::flush: member `self` is about to sleep.
  void flush(std::uint32_t self) noexcept { pool_.flush(self); }

  // Frames of this arena that exist; exact when nobody acts.
  std::int64_t live() const noexcept { return pool_.live(); }
  // Frames on the heap, of no arena, in this process.
  static std::int64_t live_outside() noexcept;

  std::uint64_t held_bytes() const noexcept { return pool_.held_bytes(); }

 private:
  struct Current;

  void free_as_outsider(void* block, std::size_t bytes) noexcept;

  ObjectPool pool_;  // the last owner is for all threads that are no members
  std::mutex outsiders_;
};

// Makes the calling thread worker `self` of `arena` while it exists. Members nest: the innermost
// counts. Made and destroyed on one thread, in order; no two threads are the same member at once.
class FrameArena::Member {
 public:
  Member(FrameArena& arena, std::uint32_t self) noexcept;
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 private:
  FrameArena* outer_;
  std::uint32_t outer_self_;
};

// The base of a promise type whose frames live in the arena.
struct InArena {
  static void* operator new(std::size_t bytes) { return FrameArena::allocate(bytes); }
  static void operator delete(void* frame) noexcept { FrameArena::free(frame); }
};

}  // namespace an
