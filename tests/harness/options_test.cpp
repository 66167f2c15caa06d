#include "harness/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "core/base/thread.hpp"
#include "harness/request.hpp"

namespace an::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options parse(std::vector<std::string> words) {
  words.insert(words.begin(), "./harness");
  return parse_options(words);
}

// The message of the UsageError that `action` must throw.
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UsageError";
  return "";
}

std::string refusal_of(const std::vector<std::string>& words) {
  return refusal([&] { parse(words); });
}

Catalogue two_schedulers() {
  const WorkloadEntry fib{.name = "fib",
                          .summary = "",
                          .source = "",
                          .operation = "join",
                          .parameter = "n",
                          .sizes = {{"small", 25}, {"large", 35}},
                          .n_min = 0,
                          .n_max = 50};
  SchedulerEntry serial;
  serial.name = "serial";
  serial.workers_max = 1;
  serial.workloads = {fib};
  SchedulerEntry heartbeat = serial;
  heartbeat.name = "heartbeat";
  heartbeat.options = {{"beat_us", "30", "", "1..1000000"},
                       {"grouping", "on", "", "on|off"},
                       {"victims", "near", "", "any text"}};
  SchedulerEntry absent;
  absent.name = "rayon";
  absent.absent_reason = "rustc is not installed";
  return {{serial, heartbeat, absent}};
}

std::string request_refusal(const std::vector<std::string>& words) {
  return refusal([&] { make_request(parse(words), two_schedulers()); });
}

TEST(Options, DefaultToRunningEverything) {
  const Options options = parse({});
  EXPECT_EQ(options.command, Command::kRun);
  EXPECT_THAT(options.schedulers, ElementsAre("all"));
  EXPECT_THAT(options.workloads, ElementsAre("all"));
  EXPECT_EQ(options.samples, 18);
  EXPECT_EQ(options.turns, 3);
  EXPECT_EQ(options.rel_ci, std::nullopt);
  EXPECT_EQ(options.budget_ns, std::nullopt);
  EXPECT_EQ(options.min_time_ns, 34'000'000);
  EXPECT_EQ(options.workers.front(), 1U);
  EXPECT_THAT(options.allocators, ElementsAre("glibc"));
  EXPECT_EQ(options.workers.size(), allowed_cpus().size() > 1 ? 2U : 1U);
}

TEST(Options, MeanTheSameBeforeAndAfterTheCommand) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"--scheduler=a,b", "--size=small"},
           {"run", "--scheduler=a,b", "--size=small"},
           {"--scheduler", "a", "run", "--scheduler=b", "--size", "small"}}) {
    const Options options = parse(words);
    EXPECT_EQ(options.command, Command::kRun);
    EXPECT_THAT(options.schedulers, ElementsAre("a", "b"));
    EXPECT_THAT(options.sizes, ElementsAre("small"));
  }
}

TEST(Options, ReadEveryFlag) {
  const Options options = parse({"--workers=1,2,1",
                                 "--filter=-fib",
                                 "--samples=3",
                                 "--min-time=1.5ms",
                                 "--timeout=2s",
                                 "--seed=7",
                                 "--set",
                                 "h.a=1",
                                 "--set=h.b=x=y",
                                 "--out=o",
                                 "--format=csv",
                                 "--pin=scatter",
                                 "--color=never",
                                 "--cells=/",
                                 "--baseline=none",
                                 "--memory=off",
                                 "--freeze=off",
                                 "--dry-run",
                                 "--allocator=tcmalloc,glibc",
                                 "--turns=5",
                                 "--rel-ci=2.5%",
                                 "--budget=60s"});
  EXPECT_THAT(options.workers, ElementsAre(1U, 2U));
  EXPECT_THAT(options.allocators, ElementsAre("tcmalloc", "glibc"));
  EXPECT_EQ(options.filter, "-fib");
  EXPECT_EQ(options.samples, 3);
  EXPECT_EQ(options.turns, 5);
  EXPECT_EQ(options.rel_ci, 0.025);
  EXPECT_EQ(options.budget_ns, 60'000'000'000);
  EXPECT_EQ(options.min_time_ns, 1'500'000);
  EXPECT_EQ(options.timeout_ns, 2'000'000'000);
  EXPECT_EQ(options.seed, 7U);
  ASSERT_EQ(options.settings.size(), 2U);
  EXPECT_EQ(options.settings[1].value, "x=y");
  EXPECT_EQ(options.out, "o");
  EXPECT_EQ(options.format, Format::kCsv);
  EXPECT_EQ(options.pin, "scatter");
  EXPECT_EQ(options.colour, Colour::kNever);
  EXPECT_FALSE(options.baseline || options.memory || options.freeze);
  EXPECT_TRUE(options.dry_run);
}

TEST(Options, PrecisionTakesAsManySamplesAsItsLastLookNeeds) {
  EXPECT_EQ(parse({"--rel-ci=2%"}).samples, 144);
  EXPECT_EQ(parse({"--rel-ci=2%", "--turns=1"}).samples, 48);
  EXPECT_THAT(refusal_of({"--rel-ci=2"}), HasSubstr("as in 2%"));
  EXPECT_THAT(refusal_of({"--rel-ci=0%"}), HasSubstr("more than 0%"));
  EXPECT_THAT(refusal_of({"--rel-ci=nan%"}), HasSubstr("out of range"));
  EXPECT_THAT(refusal_of({"--turns=0"}), HasSubstr("from 1"));
}

TEST(Options, KnowTheCommandsAndTheirSubject) {
  EXPECT_EQ(parse({"list"}).command, Command::kList);
  EXPECT_EQ(parse({"env", "--format=json"}).command, Command::kEnvironment);
  EXPECT_EQ(parse({"describe", "fib"}).subject, "fib");
  EXPECT_EQ(parse({"conform", "./cell"}).command, Command::kConform);
  EXPECT_THAT(refusal_of({"describe"}), HasSubstr("harness list"));
  EXPECT_THAT(refusal_of({"conform"}), HasSubstr("path"));
}

TEST(Options, CompareTakesTwoRunDirectoriesOrBuilds) {
  const Options options = parse({"compare", "results/a", "results/b", "--format=json"});
  EXPECT_EQ(options.command, Command::kCompare);
  EXPECT_THAT(options.directories, ElementsAre("results/a", "results/b"));
}

TEST(Options, RefuseWhatDoesNotGoWithRunDirectories) {
  for (const std::string flag : {"--ref=/x", "--cand=/x", "--ref-rev=main", "--cand-rev=main",
                                 "--tolerance=5%", "--family-alpha=.05", "--pressure=keep"}) {
    const std::string text = refusal_of({"compare", "a", "b", flag});
    EXPECT_THAT(text, HasSubstr(flag.substr(0, flag.find('=')) + " and run directories exclude"));
  }
  for (const std::string flag : {"--samples=3", "--scheduler=good", "--filter=fib", "--out=o",
                                 "--strict", "--dry-run", "--resume"}) {
    EXPECT_THAT(refusal_of({"compare", "a", "b", flag}), HasSubstr("has no effect on stored runs"))
        << flag;
  }
  EXPECT_THAT(refusal_of({"compare", "a"}), HasSubstr("two run directories, not 1"));
  EXPECT_THAT(refusal_of({"compare", "a", "b", "c"}), HasSubstr("two run directories, not 3"));
  EXPECT_THAT(refusal_of({"compare"}), HasSubstr("nothing to compare with"));
  EXPECT_THAT(refusal_of({"gate", "a", "b"}), HasSubstr("measured in one session"));
  EXPECT_THAT(refusal_of({"compare", "a", "b", "--arm=R"}), HasSubstr("--arm is for export"));
}

TEST(Options, HelpTeachesByExample) {
  for (const char* word : {"--help", "-h"}) {
    EXPECT_THAT(parse({word}).help, HasSubstr("harness --scheduler=resonance --workload=fib"));
  }
  EXPECT_THAT(parse({"run", "--help"}).help, HasSubstr("--min-time"));
}

TEST(Options, RefuseUnknownFlagsAndCommandsWithTheNearest) {
  EXPECT_THAT(refusal_of({"--schduler=serial"}), HasSubstr("Did you mean '--scheduler'?"));
  EXPECT_THAT(refusal_of({"run", "--sample", "3"}), HasSubstr("Did you mean '--samples'?"));
  EXPECT_THAT(refusal_of({"lst"}), HasSubstr("Did you mean 'list'?"));
  EXPECT_THAT(refusal_of({"--scheduler=a", "b,c"}), HasSubstr("b,c"));
  EXPECT_THAT(refusal_of({"--samples"}), HasSubstr("--samples"));
}

TEST(Options, RefuseBadValues) {
  EXPECT_THAT(refusal_of({"--scheduler="}), HasSubstr("--scheduler is empty"));
  EXPECT_THAT(refusal_of({"--scheduler", ""}), HasSubstr("empty element"));
  EXPECT_THAT(refusal_of({"--workload=a,,b"}), HasSubstr("empty element"));
  EXPECT_THAT(refusal_of({"--samples=0"}), HasSubstr("from 1 to"));
  EXPECT_THAT(refusal_of({"--samples=2.5"}), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal_of({"--format=jsn"}), HasSubstr("Did you mean 'json'?"));
  EXPECT_THAT(refusal_of({"--pin=close"}), HasSubstr("compact"));
  EXPECT_THAT(refusal_of({"--cells=/nope"}), HasSubstr("not a folder"));
  EXPECT_THAT(refusal_of({"--seed=-1"}), HasSubstr("out of range"));
  EXPECT_THAT(refusal_of({"--timeout=1us"}), HasSubstr("too short"));
  EXPECT_THAT(refusal_of({"--min-time=2s", "--timeout=1s"}), HasSubstr("--min-time"));
}

TEST(Options, RefuseWorkersOutOfRange) {
  for (const char* text : {"0", "-1", "1000000000", "99999999999999999999", "1,0", "1025"}) {
    EXPECT_THAT(refusal_of({"--workers", text}), HasSubstr("from 1 to 1024")) << text;
  }
  EXPECT_THAT(refusal_of({"--workers=two"}), HasSubstr("not a whole number"));
  EXPECT_EQ(parse({"--workers=1024"}).workers[0], 1024U);
}

TEST(Options, RefuseAFilterThatIsNoRegex) {
  EXPECT_THAT(refusal_of({"--filter=["}), HasSubstr("not a regular expression. The parser says: "));
  EXPECT_THAT(refusal_of({"--filter=-("}), HasSubstr("not a regular expression"));
}

TEST(Options, RefuseHalfASetting) {
  EXPECT_THAT(refusal_of({"--set", "heartbeat.beat_us"}), HasSubstr("There is no '='"));
  for (const char* text : {"beat_us=1", ".a=1", "h.=1", "h.a="}) {
    EXPECT_THAT(refusal_of({"--set", text}), HasSubstr("A part is missing")) << text;
  }
}

TEST(Duration, NeedsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("--t", "20ms"), 20'000'000);
  EXPECT_EQ(parse_duration("--t", "3ns"), 3);
  EXPECT_EQ(parse_duration("--t", "7us"), 7000);
  EXPECT_EQ(parse_duration("--t", "0.5s"), 500'000'000);
  EXPECT_THAT(refusal([] { parse_duration("--t", "20"); }), HasSubstr("The unit is missing"));
  for (const char* text : {"", "ms", "5 ms", "5h", "1e999s"}) {
    EXPECT_THAT(refusal([&] { parse_duration("--t", text); }), HasSubstr("not a length of time"))
        << text;
  }
  for (const char* text : {"-1s", "86401s", "infs", "nans"}) {
    EXPECT_FALSE(refusal([&] { parse_duration("--t", text); }).empty()) << text;
  }
}

TEST(Request, TakesAllFromTheCatalogue) {
  const RunRequest request = make_request(parse({}), two_schedulers());
  EXPECT_THAT(request.schedulers, ElementsAre("serial", "heartbeat", "rayon"));
  EXPECT_THAT(request.workloads, ElementsAre("fib"));
  EXPECT_THAT(request.command, ElementsAre("./harness"));
}

TEST(Request, RefusesUnknownNamesWithTheNearest) {
  EXPECT_THAT(request_refusal({"--scheduler=hartbeat"}), HasSubstr("Did you mean 'heartbeat'?"));
  EXPECT_THAT(request_refusal({"--workload=fibb"}), HasSubstr("Did you mean 'fib'?"));
  EXPECT_THAT(request_refusal({"--size=smal"}), HasSubstr("Did you mean 'small'?"));
  EXPECT_THAT(request_refusal({"--size=99"}), HasSubstr("fib: n 0..50 (small 25, large 35)"));
  EXPECT_THAT(request_refusal({"--size=-3"}), HasSubstr("out of range"));
  EXPECT_NO_THROW(make_request(parse({"--size=30,small,all"}), two_schedulers()));
}

TEST(Request, ChecksSettings) {
  EXPECT_THAT(request_refusal({"--set=hartbeat.beat_us=1"}), HasSubstr("'heartbeat'?"));
  EXPECT_THAT(request_refusal({"--set=heartbeat.beatus=1"}), HasSubstr("'beat_us'?"));
  EXPECT_THAT(request_refusal({"--set=serial.a=1"}), HasSubstr("Options of serial: none"));
  EXPECT_THAT(request_refusal({"--set=rayon.a=1"}), HasSubstr("rustc is not installed"));
  EXPECT_THAT(request_refusal({"--scheduler=serial", "--set=heartbeat.beat_us=1"}),
              HasSubstr("not selected"));
  const RunRequest request = make_request(parse({"--set=heartbeat.beat_us=9"}), two_schedulers());
  EXPECT_EQ(request.options.at("heartbeat").at("beat_us"), "9");
}

TEST(Request, ChecksValuesWhoseRangeIsDeclared) {
  EXPECT_THAT(request_refusal({"--set=heartbeat.beat_us=0"}), HasSubstr("from 1 to 1000000"));
  EXPECT_THAT(request_refusal({"--set=heartbeat.beat_us=soon"}), HasSubstr("not a whole number"));
  EXPECT_THAT(request_refusal({"--set=heartbeat.grouping=offf"}), HasSubstr("'off'?"));
  EXPECT_NO_THROW(make_request(parse({"--set=heartbeat.grouping=off", "--set=heartbeat.victims=x"}),
                               two_schedulers()));
}

TEST(Request, FindsTheAllocatorsOrNamesTheirPackage) {
  EXPECT_THAT(request_refusal({"--allocator=mimaloc"}), HasSubstr("Did you mean 'mimalloc'?"));
  ::setenv("ANTINODE_LIBRARIES", "/nowhere", 1);
  EXPECT_THAT(request_refusal({"--allocator=mimalloc"}),
              HasSubstr("apt-get install libmimalloc2.0"));
  EXPECT_THAT(request_refusal({"--allocator=glibc,tcmalloc"}),
              HasSubstr("apt-get install libtcmalloc-minimal4"));
  const RunRequest request = make_request(parse({}), two_schedulers());
  ::unsetenv("ANTINODE_LIBRARIES");
  ASSERT_EQ(request.allocators.size(), 1U);
  EXPECT_EQ(request.allocators[0].name, "glibc");
}

TEST(Request, WithoutAnyCellIsNotTheUsersMistake) {
  try {
    make_request(parse({}), Catalogue{});
    ADD_FAILURE() << "no error";
  } catch (const UsageError&) {
    ADD_FAILURE() << "an environment error, not a usage error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("No cell was found"));
  }
}

class RunDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/an-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path folder_, before_;
};

TEST_F(RunDirectory, IsNewEachTimeByDefault) {
  const auto first = make_run_directory(std::nullopt);
  const auto second = make_run_directory(std::nullopt);
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::filesystem::is_empty(first)) << "no probe is left behind";
  EXPECT_THAT(first.string(), testing::MatchesRegex("results/run-[0-9]+-[0-9]+"));
}

TEST_F(RunDirectory, IsMadeWithItsParents) {
  EXPECT_TRUE(std::filesystem::is_empty(make_run_directory("a/b/c")));
  EXPECT_NO_THROW(make_run_directory("a/b/c")) << "an empty one is taken";
}

TEST_F(RunDirectory, IsNeverOverwritten) {
  make_run_directory("a");
  std::ofstream("a/samples.jsonl") << "{}\n";
  EXPECT_THAT(refusal([] { make_run_directory("a"); }), HasSubstr("already holds a run"));
  make_run_directory("b");
  std::ofstream("b/thesis.tex") << "x";
  EXPECT_THAT(refusal([] { make_run_directory("b"); }), HasSubstr("not empty"));
}

TEST_F(RunDirectory, MustBeWritable) {
  std::ofstream("file") << "x";
  EXPECT_THAT(refusal([] { make_run_directory("file"); }), HasSubstr("--out=DIR"));
  EXPECT_THAT(refusal([] { make_run_directory("file/below"); }), HasSubstr("Not a directory"));
  EXPECT_THAT(refusal([] { make_run_directory("/proc/antinode"); }), HasSubstr("cannot write"));
}

}  // namespace
}  // namespace an::harness
