// Arms that take turns: the cells of one workload and size in a sweep, the builds of one cell in a
// duel. All processes of a unit live at the same time, and whatever the machine does meanwhile, it
// does to all of them.
//
// I1: at most one arm runs at any time (unless request.freeze is off).
// I2: a unit is on the disk before the next one begins, and every turn of it counts or none of its
//     round does.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "harness/conductor/arm.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {

// Turns done and to do, for the observer. A cell that ends early counts as done.
struct Progress {
  std::int64_t done = 0, total = 0;
};

// Whether each arm has its own number of iterations, or all that of the first.
enum class Calibrate { kEach, kFirst };

class Group {
 public:
  // `seed` and `stream` draw the orders and paddings. The references outlive it.
  Group(SweepContext& context,
        const std::vector<CellPlan>& plans,
        Calibrate calibrate,
        std::uint64_t seed,
        std::uint64_t stream);

  // Unit number `unit`: a fresh process for every live arm, `rounds` rounds that count. The first
  // time also admits and calibrates. Rounds that are dropped are repeated, up to as many again.
  void run_unit(int unit, int rounds, Progress& progress);

  // After the last unit: the live arms are ok, for `stopped`.
  void finish(Stopped stopped);

  // The second pass, for the cells that are ok.
  void measure_memory();

  // Appends the records to cells.jsonl. Whoever is still live is partial: the user interrupted, or
  // an arm failed without which a duel is none.
  void write_records();

  // Every round so far that was complete, dropped ones too.
  const std::vector<RoundRecord>& rounds() const { return rounds_; }

  bool has_live() const;
  const std::deque<Arm>& arms() const { return arms_; }
  std::deque<Arm>& arms() { return arms_; }

 private:
  using Round = std::vector<std::pair<Arm*, Sample>>;

  template <class Action>
  void each_live(Action action);
  void begin();
  void admit();
  void calibrate();
  bool others_rest(const Arm& active);
  Round take_round(int unit, int turn, Progress& progress);
  bool keep_or_drop(Round& round, int unit, int turn);
  void take_rounds(int unit, int rounds, Progress& progress);

  SweepContext& context_;
  Calibrate calibrate_;
  std::deque<Arm> arms_;  // its elements never move
  RoundOrders orders_;
  std::vector<RoundRecord> rounds_;
  bool has_begun_ = false;
};

}  // namespace an::harness
