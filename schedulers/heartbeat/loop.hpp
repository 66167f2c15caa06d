// Loop: a for_range under heartbeat scheduling. One record stands for all iterations that have not begun;
// a beat gives the far half of them away, and the record stays, so that the next beat can halve what is
// left. The outermost loop or branch goes first, as everywhere: its record is the oldest. Nothing is
// forked for iterations that nobody is free to take.
//
// Between two polls a chunk of iterations runs, whose size follows the time they take: so long that polls
// cost little, so short that a beat is noticed soon. A chunk is not split, so it is never more than its
// share of what is left, by twice the number of workers. Iterations that turn long within a chunk are
// what that cannot foresee: up to 64 grains.
//
// Su et al., "Compiling loop-based nested parallelism for irregular workloads", ASPLOS 2024 (splitting what
// remains of the outermost loop, adaptive chunking).
//
// I1: [next, end) has not begun and is the owner's. Owner-only, but for what a LoopJob copies.
// I2: `splits` are the parts given away, from near to far; all of the deque's jobs that are younger than
//     the loop have been joined when the owner turns to them, so the near one is at its young end, or it
//     was stolen, and so were those beyond.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>

#include "schedulers/heartbeat/record.hpp"

namespace an::schedulers::heartbeat {

// Iterations [begin, end) of a loop, given away.
class LoopJob final : public Promotion {
 public:
  LoopJob(Loop& loop, std::int64_t begin, std::uint32_t tokens, Run body) noexcept;

  std::int64_t begin() const noexcept { return begin_; }
  std::int64_t end() const noexcept { return end_; }

  std::unique_ptr<LoopJob> farther;  // the part given away before

 private:
  const Loop& loop_;
  std::int64_t begin_, end_;
};

struct Loop {
  // Runs [begin, end) of this loop as `worker`'s.
  using RunRange = void (*)(const Loop& loop, void* worker, std::int64_t begin, std::int64_t end);

  RunRange run_range;
  const void* body;
  std::int64_t grain;
  std::int64_t next, end;
  std::unique_ptr<LoopJob> splits;

  // Half of what has not begun, but not less than a grain unless that is all. Requires next < end.
  std::int64_t middle() const noexcept {
    const std::int64_t rest = end - next;
    return end - std::max(rest / 2, std::min(rest, grain));
  }
};

inline LoopJob::LoopJob(Loop& loop, std::int64_t begin, std::uint32_t tokens, Run body) noexcept
    : Promotion(body,
                tokens,
                [](Promotion& self, void* worker) {
                  const auto& job = static_cast<LoopJob&>(self);
                  job.loop_.run_range(job.loop_, worker, job.begin_, job.end_);
                }),
      farther(std::move(loop.splits)),
      loop_(loop),
      begin_(begin),
      end_(loop.end) {}

// How many iterations run between two polls: the grain, until a row of polls has been dense; then as many as
// fill a 32nd to an 8th of a beat, and the grain again after one chunk that took longer. A pure function of
// the times it is told.
class ChunkSize {
 public:
  // Polls of chunks of one grain between two looks at the clock; longer chunks are timed each.
  static constexpr int kPollsPerLook = 64;
  static constexpr std::int64_t kGrainsMax = 64;

  explicit ChunkSize(std::int64_t grain) noexcept : grain_(grain), size_(grain) {}

  std::int64_t value() const noexcept { return size_; }
  bool is_grain() const noexcept { return size_ == grain_; }

  // Once a poll: whether to look at the clock.
  bool is_look_due() noexcept { return --polls_left_ <= 0; }

  // The clock says `now`.
  void look(std::uint64_t now, std::uint64_t beat) noexcept {
    if (looked_at_ != 0) {
      const std::uint64_t elapsed = now - looked_at_;
      const std::uint64_t polls = is_grain() ? kPollsPerLook : 1;
      if (elapsed > polls * beat / 8) {
        size_ = grain_;
      } else if (elapsed < polls * beat / 32 && size_ / kGrainsMax < grain_ &&
                 size_ <= std::numeric_limits<std::int64_t>::max() / 2) {
        size_ *= 2;
      }
    }
    looked_at_ = now;
    polls_left_ = is_grain() ? kPollsPerLook : 1;
  }

 private:
  std::int64_t grain_;
  std::int64_t size_;
  int polls_left_ = kPollsPerLook;
  std::uint64_t looked_at_ = 0;
};

}  // namespace an::schedulers::heartbeat
