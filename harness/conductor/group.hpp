// Arms that take turns: the cells of one workload and size in a sweep, the builds of one cell in a
// duel. All processes of a unit live at the same time, and whatever the machine does meanwhile, it
// does to all of them.
//
// I1: at most one arm runs at any time (unless request.freeze is off).
// I2: a unit is on the disk before the next one begins, and every turn of it counts or none of its
//     round does.
// I3: an arm that failed is recorded before the unit in which it did: no kill can hide that it failed,
//     and a unit on the disk that lacks a turn of an arm without a record is not whole.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "harness/conductor/arm.hpp"
#include "harness/conductor/turns.hpp"

namespace an::harness {

// Turns done and to do, for the observer. A cell that ends early counts as done.
struct Progress {
  std::int64_t done = 0, total = 0;
};

// Whether each arm has its own number of iterations, or all that of the first, varied from unit to
// unit (iterations_to_vary).
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

  // Takes up what an interrupted run has of the arms, before the first unit: one record for each, in
  // their order. A partial one goes on after its record.units, with its iterations; others are over.
  void take_up(const std::vector<CellRecord>& earlier);

  // In place of a first unit, when there is none left to measure: what a process has to say about
  // itself is asked again.
  void reopen();

  // After the last unit: the live arms are ok, for `stopped`.
  void finish(Stopped stopped);

  // The second pass, for the cells that are ok.
  void measure_memory();
  // The third, into the request's trace file, if there is one: for all cells that are ok and not there
  // for x_serial alone.
  void trace();

  // Appends the records to cells.jsonl, except of arms that failed: those are there since they did.
  // Whoever is still live is partial: the user interrupted, or an arm failed without which a duel is
  // none.
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
  std::int64_t extra_iterations(int unit) const;
  bool others_rest(const Arm& active);
  Round take_round(int unit, int turn, std::size_t slot, Progress& progress);
  bool keep_or_drop(Round& round, int unit, int turn);
  void take_rounds(int unit, int rounds, Progress& progress);
  void write(const Arm& arm);
  void write_failures();
  void record_noise(int unit, const UnitNoise& noise);

  SweepContext& context_;
  Calibrate calibrate_;
  std::deque<Arm> arms_;  // its elements never move
  RoundOrders orders_;
  std::uint64_t length_seed_;
  std::vector<RoundRecord> rounds_;
  std::set<const Arm*> written_;  // to cells.jsonl
  bool has_begun_ = false;
};

}  // namespace an::harness
