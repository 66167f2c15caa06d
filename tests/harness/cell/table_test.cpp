#include "harness/cell/table.hpp"

#include <gtest/gtest.h>

#include "schedulers/chase_lev.hpp"
#include "tests/schedulers/spin.hpp"

namespace an::harness {
namespace {

// Neither forks nor needs what its long reset does.
struct SlowReset {
  static constexpr std::string_view kName = "slow_reset";
  static constexpr std::string_view kSummary = "";
  static constexpr std::string_view kSource = "";
  static constexpr std::string_view kOperation = "run";
  static constexpr std::string_view kParameter = "n";
  static constexpr std::array<workloads::NamedSize, 0> kSizes{};
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 1;
  static constexpr Nanos kResetNs = 3'000'000, kRunNs = 1'000'000;

  struct Input {};
  using Answer = Unit;

  static Input prepare(std::int64_t /*n*/, std::uint64_t /*seed*/) { return {}; }
  static void reset(Input& /*input*/) { spin_for_ns(kResetNs); }
  template <ForkJoinWorker W>
  static Answer run(W /*worker*/, Input& /*input*/) {
    spin_for_ns(kRunNs);
    return {};
  }
  static std::uint64_t digest(const Input& /*input*/, const Answer& /*answer*/) { return 0; }
  static std::uint64_t expected(const Input& /*input*/) { return 0; }
  static std::uint64_t operations(const Input& /*input*/) { return 1; }
  static std::int64_t footprint_bytes(std::int64_t /*n*/) { return 1; }
  static std::vector<workloads::Note> notes(const Input& /*input*/) { return {}; }
};

struct Instrument : schedulers::chase_lev::Scheduler {
  using schedulers::chase_lev::Scheduler::Scheduler;
  static constexpr bool kIsInstrument = true;
};

TEST(Table, IdleTimeIsThatOfTheRunsAlone) {
  SchedulerConfig config;
  config.workers = 3;
  TypedCell<schedulers::chase_lev::Scheduler, SlowReset> cell(1, config);
  const Deadline deadline = Deadline::after(10'000'000'000);
  std::int64_t idle_ns = 0;
  std::int64_t of_two_ns = 0;
  do {  // until the workers have started and found nothing
    const TurnReply turn = cell.turn(5, nullptr);
    idle_ns = turn.counters.at("idle_ns");
    of_two_ns = 2 * turn.ns;
    EXPECT_LE(idle_ns, of_two_ns * 102 / 100);
  } while (idle_ns < of_two_ns * 98 / 100 && !deadline.has_passed());
  EXPECT_GE(idle_ns, of_two_ns * 98 / 100);
}

TEST(Table, AnInstrumentSaysThatItIsOne) {
  EXPECT_TRUE((make_table<Instrument, workloads::List<>>().is_instrument));
  EXPECT_FALSE((make_table<schedulers::chase_lev::Scheduler, workloads::List<>>().is_instrument));
}

}  // namespace
}  // namespace an::harness
