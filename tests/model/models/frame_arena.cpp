// FrameArena: frames of a member that others free: another member, or threads that are none, which share
// one place in the pool behind a lock.
#include "core/memory/frame_arena.hpp"

#include "tests/model/checker/model.hpp"

namespace an::model {

namespace {

// A frame of the largest class, of which a slab has the fewest.
int* make_frame() {
  auto* const frame = static_cast<int*>(FrameArena::allocate(900));
  *frame = 1;
  return frame;
}

void drop(int* frame) {
  require(*frame == 1, "nobody else has used the frame");
  *frame = 0;
  FrameArena::free(frame);
}

}  // namespace

AN_MODEL(frame_arena_two_outsiders, {.preemptions = -1}) {
  FrameArena arena(1);
  FrameArena::Member member(arena, 0);
  int* const first = make_frame();
  int* const second = make_frame();
  Thread one("one", [&] { drop(first); });
  Thread two("two", [&] { drop(second); });
  int* const again = make_frame();
  one.join();
  two.join();
  drop(again);
  require(arena.live() == 0, "all frames are gone");
}

AN_MODEL(frame_arena_a_member_frees_for_another, {.preemptions = -1}) {
  FrameArena arena(2);
  FrameArena::Member member(arena, 0);
  int* const first = make_frame();
  int* const second = make_frame();
  Thread other("other", [&] {
    const FrameArena::Member worker(arena, 1);
    drop(first);
    arena.flush(1);
    drop(make_frame());
    drop(second);
  });
  drop(make_frame());
  int* const again = make_frame();
  other.join();
  drop(again);
  require(arena.live() == 0, "all frames are gone");
}

// A thread that belongs to no arena allocates on the heap; a member frees it there.
AN_MODEL(frame_arena_a_frame_from_outside, {.preemptions = -1}) {
  FrameArena arena(1);
  int* const frame = make_frame();
  Thread worker("worker", [&] {
    const FrameArena::Member member(arena, 0);
    drop(frame);
    drop(make_frame());
  });
  drop(make_frame());
  worker.join();
  require(arena.live() == 0 && FrameArena::live_outside() == 0, "all frames are gone");
}

}  // namespace an::model
