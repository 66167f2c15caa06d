// Recorder: writes down where strands end and reads the clock now and then. What that means is worked
// out between two stretches of the program, while its time is not counted.
//
// A clock read costs as much as many strands last, so it is read only at some of the marks. The marks
// from one read to the next are a batch. A strand of 8 clock reads or more makes a batch alone. While
// strands are shorter on average, a batch of several, kBatchMax on average at most, is followed by one
// strand that is timed alone; the clock takes about an eighth of the time, and more only where kBatchMax
// is too few.
//
// I1: counts are exact; so is the sum of all times, but for what the probe costs.
// I2: the time of a batch is shared out among its strands in proportion to what strands of their kind
//     took when they were timed alone. The kind of a strand is how it began and how it ended.
// I3: so time is put on a wrong strand only within its batch. By this a span is wrong by no more than the
//     time of all batches of several strands (batched_ns): by nothing while strands are long.
// I4: the probe's cost, a store at every mark and more at a read, is calibrated at construction, in a
//     loop that does nothing else, and taken from every batch, down to nothing. Where the CPU overlaps
//     it with the program, that takes too much: some nanoseconds of every batch.
//
// One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/rng.hpp"
#include "schedulers/profile/spans.hpp"

namespace an::schedulers::profile {

// What strands of a kind took when they were timed alone: running means.
class Kinds {
 public:
  void learn(Edge began, Edge ended, double ns);
  // Of a kind that was never timed: that of all that were.
  double weight(Edge began, Edge ended) const;

 private:
  static std::size_t index(Edge began, Edge ended) {
    return static_cast<std::size_t>(began) * kEdges + static_cast<std::size_t>(ended);
  }
  struct Mean {
    double ns = 0;
    std::uint32_t count = 0;
    void learn(double value);
  };
  std::array<Mean, std::size_t{kEdges} * kEdges> means_{};
  Mean all_;
};

// What the probe took from the program, in ns; sums over runs.
struct ProbeTotals {
  double probe_ns = 0;    // taken from what was measured
  double batched_ns = 0;  // of the rest: in batches of several strands
  std::uint64_t looks = 0;
};

class Recorder {
 public:
  // Calibrates the probe: about a millisecond.
  explicit Recorder(double burden_ns);
  ~Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // The running strand ends with `edge`, the next begins. Between enter() and leave().
  [[gnu::always_inline]] void mark(Edge edge, std::uint32_t group = kRunGroup) noexcept {
    *next_ = Mark(edge, group);
    if (++next_ == look_at_) [[unlikely]] {
      look();
    }
  }

  // Around a run. Inside of another one they do nothing: it is a part of that strand.
  void enter() noexcept;
  void leave() noexcept;

  // A number for marks of a new group, and back when the group has been waited for.
  std::uint32_t take_group();
  void give_back_group(std::uint32_t number) { free_groups_.push_back(number); }

  // Of the runs that have ended.
  const Totals& totals() const noexcept { return spans_.totals(); }
  const ProbeTotals& probe() const noexcept { return probe_; }
  double burden_ns() const noexcept { return spans_.burden_ns(); }

 private:
  static constexpr std::size_t kMarksMax = 256;
  static constexpr std::uint32_t kBatchMax = 64;
  // A strand that takes so many clock reads is timed alone.
  static constexpr double kLooksAlone = 8;

  struct Look {
    Mark* end;  // of its batch
    std::uint64_t ticks;
  };

  [[gnu::noinline, gnu::cold]] void look() noexcept;
  void plan_look() noexcept;
  void restart() noexcept;
  void work_out() noexcept;
  void work_out_batch(const Mark* first, const Mark* last, double ns) noexcept;
  void choose_batch(double mean_ns) noexcept;
  double ticks_of_marks(Mark* look_at) noexcept;
  void calibrate() noexcept;

  Mark* next_;
  Mark* look_at_;
  std::uint32_t looks_ = 0;
  std::uint32_t batch_ = 1;
  bool is_alone_ = true;      // the batch that runs is one strand
  std::uint64_t origin_ = 0;  // ticks when the first batch of the log began
  int depth_ = 0;             // of runs
  Edge began_ = Edge::kEnd;   // how the first strand of the log began
  Rng rng_{1};                // keeps batches out of step with the program
  double ns_per_tick_;
  double mark_ns_ = 0;
  double look_ns_ = 0;
  double mean_ns_ = 0;  // of a strand, lately
  Kinds kinds_;
  Spans spans_;
  ProbeTotals probe_;
  std::vector<std::uint32_t> free_groups_;
  std::uint32_t groups_ = kRunGroup + 1;
  std::array<Mark, kMarksMax> marks_;
  std::array<Look, kMarksMax> look_log_;
};

}  // namespace an::schedulers::profile
