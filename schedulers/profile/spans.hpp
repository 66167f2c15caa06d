// Spans: from the strands of one run, in serial order, to its work and its longest paths.
//
// A strand is a maximal piece of the program without a fork or a join; it ends where a Mark says so. The
// run is walked once, depth first. The place of a strand is the length of the longest path from the
// beginning of the run to it: both branches of a fork begin at the place of the fork, and what follows a
// join begins at the later of their ends. A task begins where it was spawned, and what follows the wait
// for its group begins no earlier than its end. (He, Leiserson, Leiserson, "The Cilkview scalability
// analyzer", SPAA 2010; places instead of lengths let a group be waited for on a deeper strand.)
//
// Three lengths at once, each with a longest path of its own: strands, time, and burdened time, which
// charges for work that could move to another worker. As in Cilkview a fork and its join cost one burden
// on either path between them: the stealable branch begins late, and the other one's join would wait for
// a thief. A task begins one burden late; whoever spawned it pays nothing, because in our schedulers the
// spawner does not move.
//
// One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace an::schedulers::profile {

// What ends a strand.
enum class Edge : std::uint32_t {
  kFork,     // the first branch begins
  kMiddle,   // the first branch has ended, the second begins
  kJoin,     // the second branch has ended, or a first one that threw
  kSpawn,    // a task begins
  kTaskEnd,  // it has ended; whoever spawned it goes on
  kWait,     // the tasks of a group have ended
  kEnd       // of the run
};
inline constexpr std::uint32_t kEdges = 7;

// The end of a strand, in one word: stored at every fork and join.
struct Mark {
  static constexpr std::uint32_t kEdgeBits = 3;

  Mark() = default;
  constexpr Mark(Edge edge, std::uint32_t group)
      : word(static_cast<std::uint32_t>(edge) | group << kEdgeBits) {}
  constexpr Edge edge() const { return static_cast<Edge>(word & ((1U << kEdgeBits) - 1)); }
  constexpr std::uint32_t group() const { return word >> kEdgeBits; }

  std::uint32_t word;  // of tasks and waits also the group's number
};

// Group of the tasks that a run waits for at its end.
inline constexpr std::uint32_t kRunGroup = 0;

inline constexpr std::size_t kTypicalOf = 15;

// Sums over runs. What a span adds for a run is the median of the latest kTypicalOf ones: when the
// machine takes the CPU away for a millisecond, that is a millisecond of some strand, and as the longest
// path of one run it would outweigh a thousand others.
struct Totals {
  std::uint64_t strands = 0, joins = 0, tasks = 0;
  std::uint64_t span_strands = 0;
  double work_ns = 0;
  double span_ns = 0;
  // The longest burdened path: what it takes without burdens, and how many it has.
  double burdened_ns = 0;
  std::uint64_t burdens = 0;
};

class Spans {
 public:
  explicit Spans(double burden_ns) : burden_ns_(burden_ns) {}

  // The next strand in serial order took `ns` and ended with `mark`. Amortised O(1).
  void add(Mark mark, double ns);

  // Of the runs that have ended.
  const Totals& totals() const noexcept { return totals_; }
  double burden_ns() const noexcept { return burden_ns_; }

 private:
  struct Place {
    std::uint64_t strands = 0;
    double ns = 0;
    double burdened_ns = 0;
    std::uint64_t burdens = 0;
  };
  // A fork or spawn that is under way.
  struct Open {
    Place begin;
    Place first_end;
    bool is_second = false;  // the first branch has ended
  };

  double burdened(const Place& place) const {
    return place.burdened_ns + static_cast<double>(place.burdens) * burden_ns_;
  }
  // Raises each length of `place` to that of `other`.
  void raise(Place& place, const Place& other) const;
  // The median of the ends of the latest runs by `length`; the lower one of two.
  template <class Length>
  Place typical(const Length& length);
  void join();
  Place& group(std::uint32_t number);
  void end_run();

  double burden_ns_;
  Place here_;
  std::vector<Open> open_;     // innermost last
  std::vector<Place> groups_;  // the latest end of their tasks since they were last waited for
  std::array<Place, kTypicalOf> latest_{};  // ends of runs, in a circle
  std::size_t runs_ = 0;
  Totals running_;  // of this run
  Totals totals_;
};

}  // namespace an::schedulers::profile
