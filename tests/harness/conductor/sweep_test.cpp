// run_sweep against fake cells: whatever one cell does, its neighbours are measured and the run
// directory stays readable.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "harness/conductor/run.hpp"
#include "harness/verdict/summary.hpp"
#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

class Watcher : public RunObserver {
 public:
  void planned(const std::vector<CellPlan>& cells) override { planned_count = cells.size(); }
  void turn(const CellPlan&, std::int64_t done, std::int64_t total) override {
    last_total = total;
    EXPECT_LT(done, total);
    if (++turns == interrupt_at_turn) {
      ::kill(::getpid(), SIGINT);
    }
  }
  void finished(const CellRecord&) override { ++finished_count; }
  void note(const std::string& text) override { notes.push_back(text); }

  std::size_t planned_count = 0, finished_count = 0;
  int turns = 0;
  int interrupt_at_turn = -1;
  std::int64_t last_total = 0;
  std::vector<std::string> notes;
};

class SweepTest : public FakeCells {
 protected:
  SweepTest() {
    request_.schedulers = {"bad", "good"};
    request_.workloads = {"fib"};
    request_.sizes = {"8"};
    request_.workers = {1};
    request_.samples = 4;
    request_.min_time_ns = 0;
    request_.timeout_ns = kPatienceNs;
    request_.seed = 7;
    request_.out = out();
    for (const char* name : {"serial", "bad", "good"}) {
      add_cell(name);
    }
  }

  // Runs the sweep; the cells behave while they describe themselves.
  std::map<std::string, CellRecord> run(const std::string& modes) {
    misbehave("");
    const Catalogue catalogue = discover({root_}, kPatienceNs);
    misbehave(modes);
    outcome_ = run_sweep(request_, catalogue, watcher_);
    std::map<std::string, CellRecord> by_scheduler;
    for (const CellRecord& cell : outcome_.cells) {
      by_scheduler[cell.plan.scheduler] = cell;
    }
    return by_scheduler;
  }

  // Runs with `mode` in the scheduler `bad` and requires that `good` and the baseline do not
  // notice.
  CellRecord run_bad(const std::string& mode) {
    auto cells = run("bad:" + mode);
    for (const char* name : {"serial", "good"}) {
      EXPECT_EQ(cells.at(name).status, Status::kOk) << cells.at(name).reason.value_or("");
      EXPECT_EQ(cells.at(name).samples.size(), 4u);
    }
    for (const char* file : {"samples.jsonl", "cells.jsonl"}) {
      for (const std::string& line : lines_of(file)) {
        EXPECT_TRUE(Json::accept(line)) << line;
      }
    }
    EXPECT_EQ(lines_of("cells.jsonl").size(), 3u);
    return cells.at("bad");
  }

  RunRequest request_;
  Watcher watcher_;
  RunOutcome outcome_;
};

TEST_F(SweepTest, MeasuresEveryCellInEveryRound) {
  auto cells = run("");
  for (const auto& [name, cell] : cells) {
    EXPECT_EQ(cell.status, Status::kOk) << cell.reason.value_or("");
    EXPECT_EQ(cell.samples.size(), 4u);
    EXPECT_EQ(cell.ops_per_iteration, 8);
    EXPECT_EQ(cell.notes.at("resident_bytes"), 64);
  }
  EXPECT_TRUE(cells.at("serial").plan.baseline);
  EXPECT_EQ(watcher_.turns, 12);
  EXPECT_EQ(watcher_.last_total, 12);
  EXPECT_EQ(watcher_.finished_count, 3u);
  EXPECT_EQ(lines_of("samples.jsonl").size(), 12u);
  EXPECT_FALSE(outcome_.interrupted);
  EXPECT_TRUE(std::filesystem::exists(out() / "stderr" / "fib,n:8,sched:good,workers:1.txt"));
}

TEST_F(SweepTest, RoundsAreInterleavedAndShuffled) {
  request_.samples = 12;
  run("");
  std::set<std::string> orders;
  std::string order;
  int last_round = 0;
  for (const std::string& line : lines_of("samples.jsonl")) {
    const Json sample = Json::parse(line);
    const int round = 3 * sample["unit"].get<int>() + sample["turn"].get<int>();
    if (round != last_round) {
      EXPECT_EQ(round, last_round + 1);
      last_round = round;
      orders.insert(order);
      order.clear();
    }
    order += sample["cell"].get<std::string>() + " ";
  }
  EXPECT_GT(orders.size(), 1u);
}

TEST_F(SweepTest, CalibratesTheTurnsToTheLeastTime) {
  request_.min_time_ns = 2'000'000;
  request_.samples = 2;
  auto cells = run("");
  EXPECT_EQ(cells.at("good").units, 1);
  EXPECT_GT(cells.at("good").iterations.value_or(0), 10);
  EXPECT_EQ(cells.at("good").samples.at(0).iterations, cells.at("good").iterations);
}

TEST_F(SweepTest, ManifestTellsSeedPlanAndMachine) {
  run("");
  const Json manifest = Json::parse(text_of("manifest.json"));
  EXPECT_EQ(manifest["seed"], 7);
  EXPECT_EQ(manifest["plan"]["cells"].size(), 3u);
  EXPECT_TRUE(manifest["machine"].contains("cpu"));
  EXPECT_TRUE(manifest["git"].contains("commit"));
}

TEST_F(SweepTest, AWrongAnswerEndsTheCell) {
  const CellRecord bad = run_bad("wrong");
  EXPECT_EQ(bad.status, Status::kWrong);
  EXPECT_EQ(bad.samples.size(), 1u);  // turn 1 calibrated, turn 2 let it settle
  EXPECT_FALSE(bad.samples.back().ok);
}

TEST_F(SweepTest, AWrongAnswerInTheWarmUpIsFound) {
  const CellRecord bad = run_bad("wrong_first");
  EXPECT_EQ(bad.status, Status::kWrong);
  EXPECT_TRUE(bad.samples.empty());
}

TEST_F(SweepTest, ACrashIsToldWithItsSignalAndLastWords) {
  const CellRecord bad = run_bad("segv");
  EXPECT_EQ(bad.status, Status::kCrash);
  EXPECT_NE(bad.reason->find("SIGSEGV"), std::string::npos) << *bad.reason;
  EXPECT_NE(bad.reason->find("about to fall"), std::string::npos) << *bad.reason;
}

TEST_F(SweepTest, AnExitInTheMiddleIsACrash) {
  const CellRecord bad = run_bad("exit3");
  EXPECT_EQ(bad.status, Status::kCrash);
  EXPECT_NE(bad.reason->find("exit code 3"), std::string::npos) << *bad.reason;
}

TEST_F(SweepTest, GarbageIsACrashThatQuotesIt) {
  const CellRecord bad = run_bad("garbage");
  EXPECT_EQ(bad.status, Status::kCrash);
  EXPECT_NE(bad.reason->find("not really"), std::string::npos) << *bad.reason;
}

TEST_F(SweepTest, EveryBrokenReplyIsACrash) {
  for (const char* mode : {"not_a_turn", "endless", "midline", "chatter", "bad_ops"}) {
    std::filesystem::remove_all(out());
    std::filesystem::create_directory(out());
    EXPECT_EQ(run_bad(mode).status, Status::kCrash) << mode;
  }
}

TEST_F(SweepTest, AHangIsATimeoutAndLeavesNoProcess) {
  request_.timeout_ns = 3'000'000'000;
  const std::string pids = root_ / "pids";
  ::setenv("ANTINODE_FAKE_PIDS", pids.c_str(), 1);
  const CellRecord bad = run_bad("grandchild");
  EXPECT_EQ(bad.status, Status::kTimeout);
  std::ifstream file(pids);
  pid_t parent = 0, child = 0;
  ASSERT_TRUE(file >> parent >> child);
  EXPECT_NE(::kill(parent, 0), 0);
  // The grandchild is init's to reap, and nobody can wait for it here: it is looked at until it is gone or
  // a zombie. If it was not killed, this hangs.
  std::string state;
  do {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string id, name;
    if (!(stat >> id >> name >> state)) {
      state = "X";
    }
  } while (state != "Z" && state != "X");
}

TEST_F(SweepTest, AHangInPrepareIsATimeout) {
  request_.timeout_ns = 3'000'000'000;
  EXPECT_EQ(run_bad("hang_prepare").status, Status::kTimeout);
}

TEST_F(SweepTest, FrozenCellsDoNotTimeOut) {
  // Together the two slow cells take longer than the timeout of any one request.
  request_.timeout_ns = 2'000'000'000;
  request_.samples = 16;
  auto cells = run("bad:slow,good:slow,serial:slow");
  for (const auto& [name, cell] : cells) {
    EXPECT_EQ(cell.status, Status::kOk) << name << cell.reason.value_or("");
  }
}

TEST_F(SweepTest, RefusalsAreTold) {
  EXPECT_EQ(run_bad("unsupported").status, Status::kNotApplicable);
  std::filesystem::remove_all(out());
  std::filesystem::create_directory(out());
  const CellRecord bad = run_bad("usage");
  EXPECT_EQ(bad.status, Status::kCrash);
  EXPECT_NE(bad.reason->find("Ask differently"), std::string::npos);
}

TEST_F(SweepTest, ACellThatDoesNotFitIsRefusedWithTheRemedy) {
  const CellRecord bad = run_bad("huge");
  EXPECT_EQ(bad.status, Status::kNotApplicable);
  EXPECT_NE(bad.reason->find("--size"), std::string::npos) << *bad.reason;
}

TEST_F(SweepTest, ADirtyExitIsACrash) {
  EXPECT_EQ(run_bad("exit_dirty").status, Status::kCrash);
}

TEST_F(SweepTest, MemoryComesFromTheMeteredProcess) {
  std::ofstream(root_ / "libantinode_meter.so");  // the loader ignores what it cannot preload
  auto cells = run("good:metered");
  const CellMemory& good = cells.at("good").memory;
  EXPECT_EQ(good.live_peak_bytes, 16 * 8);
  EXPECT_EQ(good.retained_bytes, 4);
  EXPECT_EQ(good.leaked_bytes, 0);
  EXPECT_EQ(good.requested_bytes, 20 * 8);
  EXPECT_EQ(good.rss_delta_kib, 12);
  EXPECT_EQ(cells.at("bad").memory.live_peak_bytes, std::nullopt);
  EXPECT_EQ(cells.at("serial").memory.live_peak_bytes, std::nullopt);
}

TEST_F(SweepTest, ALeakIsWhatIsLiveAtTheEndAndUnknownIfNotTold) {
  std::ofstream(root_ / "libantinode_meter.so");
  auto cells = run("good:leaks,bad:meter_v1");
  EXPECT_EQ(cells.at("good").memory.leaked_bytes, 24);
  EXPECT_EQ(cells.at("bad").memory.live_peak_bytes, 16 * 8);
  EXPECT_EQ(cells.at("bad").memory.leaked_bytes, std::nullopt);
  EXPECT_EQ(cells.at("bad").memory.rss_delta_kib, std::nullopt);
}

TEST_F(SweepTest, TheSizeOfATaskIsWhatTheCellDescribes) {
  auto cells = run("");
  EXPECT_EQ(cells.at("good").task_bytes, 48);
  EXPECT_EQ(cells.at("serial").task_bytes, std::nullopt);
}

TEST_F(SweepTest, AnAllocatorIsPreloadedAndSeenInTheProcess) {
  const auto mimalloc = find_allocator("mimalloc", library_folders());
  if (!mimalloc) {
    GTEST_SKIP() << "apt-get install " << allocator_package("mimalloc");
  }
  request_.allocators = {*mimalloc};
  auto cells = run("");
  EXPECT_EQ(cells.at("good").status, Status::kOk) << cells.at("good").reason.value_or("");
  EXPECT_EQ(cells.at("good").plan.name, "fib/n:8/alloc:mimalloc/sched:good/workers:1");
  const Json manifest = Json::parse(text_of("manifest.json"));
  EXPECT_EQ(manifest["allocators"]["mimalloc"]["library"], mimalloc->library.string());
  EXPECT_EQ(Json::parse(lines_of("cells.jsonl")[0])["allocator"], "mimalloc");
}

TEST_F(SweepTest, AnAllocatorThatDoesNotLoadFailsTheCell) {
  std::ofstream(root_ / "libmimalloc.so.2");  // the loader ignores what it cannot preload
  request_.allocators = {{"mimalloc", root_ / "libmimalloc.so.2", "2"}};
  auto cells = run("");
  EXPECT_EQ(cells.at("good").status, Status::kCrash);
  EXPECT_NE(cells.at("good").reason->find("mimalloc was not loaded"), std::string::npos);
}

TEST_F(SweepTest, AnInterruptLeavesPartialCellsAndAReadableDirectory) {
  request_.samples = 50;
  request_.sizes = {"8", "9"};
  watcher_.interrupt_at_turn = 10;
  run("slow");
  EXPECT_TRUE(outcome_.interrupted);
  EXPECT_EQ(outcome_.cells.size(), 6u);
  for (const CellRecord& cell : outcome_.cells) {
    EXPECT_EQ(cell.status, Status::kPartial);
    EXPECT_EQ(cell.reason, "interrupted");
  }
  EXPECT_EQ(lines_of("samples.jsonl").size(), 9u);
  EXPECT_EQ(lines_of("cells.jsonl").size(), 6u);
}

TEST_F(SweepTest, EveryFileKeepsToItsSchema) {
  request_.schedulers = {"good", "bad", "onetbb"};
  request_.workers = {1, 2};
  request_.options["good"] = {{"beat_us", "31"}};
  request_.command = {"./harness", "--scheduler=good"};
  run("bad:wrong,good:metered");
  write_summary(out(), summarise(outcome_));
  const std::string command = std::string(AN_VALIDATE_RUN) + " --whole " + out().string();
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ofstream(out() / "cells.jsonl", std::ios::app) << "{\"v\":2}\n";
  EXPECT_NE(std::system((command + " >/dev/null").c_str()), 0) << "the validator accepts anything";
}

TEST_F(SweepTest, EqualSeedsGiveEqualOrders) {
  const auto order = [&] {
    std::filesystem::remove_all(out());
    std::filesystem::create_directory(out());
    run("");
    std::string result;
    for (const std::string& line : lines_of("samples.jsonl")) {
      result += Json::parse(line)["cell"].get<std::string>() + "\n";
    }
    return result;
  };
  const std::string first = order();
  EXPECT_EQ(order(), first);
}

}  // namespace
}  // namespace an::harness
