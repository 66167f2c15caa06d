#include "harness/conductor/micro_process.hpp"

#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "tests/harness/conductor/fake_benches.hpp"

namespace an::harness {
namespace {

using Json = nlohmann::json;

Json entry() {
  return {{"name", "x"},        {"run_type", "iteration"}, {"repetitions", 1},
          {"threads", 1},       {"iterations", 100},       {"real_time", 2.5},
          {"cpu_time", 2.0},    {"time_unit", "us"},       {"family_index", 3},
          {"ns_per_item", 4.5}, {"items_per_second", 1e6}};
}

MicroReading read(const Json& benchmarks) {
  return read_micro_output(Json{{"benchmarks", benchmarks}}.dump());
}

Json skipped(const std::string& message) {
  return Json::array({Json{{"error_occurred", true}, {"error_message", message}}});
}

TEST(MicroOutput, TimesAreNanosecondsWhateverTheUnit) {
  const MicroReading reading = read(Json::array({entry()}));
  EXPECT_EQ(reading.status, Status::kOk);
  EXPECT_DOUBLE_EQ(reading.ns, 2500);
  EXPECT_DOUBLE_EQ(reading.cpu_ns, 2000);
  EXPECT_EQ(reading.iterations, 100);
  for (const auto& [unit, factor] : {std::pair{"ns", 1.0}, {"ms", 1e6}, {"s", 1e9}}) {
    Json other = entry();
    other["time_unit"] = unit;
    EXPECT_DOUBLE_EQ(read(Json::array({other})).ns, 2.5 * factor);
  }
}

TEST(MicroOutput, OtherNumbersAreCounters) {
  const std::map<std::string, double> counters{{"ns_per_item", 4.5}, {"items_per_second", 1e6}};
  EXPECT_EQ(read(Json::array({entry()})).counters, counters);
}

TEST(MicroOutput, WhoLacksSomethingIsNotApplicable) {
  const MicroReading reading = read(skipped("n/a: needs two CPUs"));
  EXPECT_EQ(reading.status, Status::kNotApplicable);
  EXPECT_EQ(reading.reason, "needs two CPUs");
}

TEST(MicroOutput, AnyOtherMessageIsAFault) {
  const MicroReading reading = read(skipped("lost one"));
  EXPECT_EQ(reading.status, Status::kWrong);
  EXPECT_EQ(reading.reason, "lost one");
}

TEST(MicroOutput, WhatIsNoFigureIsACrash) {
  Json zero = entry();
  zero["real_time"] = 0;
  Json unknown_unit = entry();
  unknown_unit["time_unit"] = "h";
  Json no_time = entry();
  no_time.erase("real_time");
  for (const Json& benchmarks :
       {Json::array({zero}), Json::array({unknown_unit}), Json::array({no_time}), Json::array(),
        Json::array({entry(), entry()})}) {
    EXPECT_EQ(read(benchmarks).status, Status::kCrash) << benchmarks;
    EXPECT_NE(read(benchmarks).reason, "") << benchmarks;
  }
  EXPECT_EQ(read_micro_output("").status, Status::kCrash);
  EXPECT_EQ(read_micro_output("{}").status, Status::kCrash);
}

TEST(MicroOutput, TheContextSaysHowTheProgramWasBuilt) {
  const Json context{{"build_type", "Release"}, {"build_compiler", "GNU 12"}};
  const auto text = Json{{"benchmarks", Json::array({entry()})}, {"context", context}}.dump();
  EXPECT_TRUE(read_micro_output(text).build.is_publishable());
  EXPECT_EQ(read_micro_output(text).build.compiler, "GNU 12");
  EXPECT_FALSE(read(Json::array({entry()})).build.is_publishable())
      << "a program that does not say";
}

class MicroProcess : public FakeBenches {
 protected:
  MicroReading measure(const std::string& name, Nanos timeout_ns = 20'000'000'000) {
    patience_.timeout_ns = timeout_ns;
    return measure_micro(program_, name, 1'500'000, patience_);
  }
  std::filesystem::path program_ = add_program("fake");
};

TEST_F(MicroProcess, OneBenchmarkIsMeasuredByItsExactName) {
  const MicroReading reading = measure("a<b>/8/real_time");
  EXPECT_EQ(reading.status, Status::kOk) << reading.reason;
  EXPECT_DOUBLE_EQ(reading.ns, 2.5e6);
  EXPECT_DOUBLE_EQ(reading.counters.at("min_time_asked"), 0.0015);
  EXPECT_EQ(measure("stead").status, Status::kCrash) << "the name is no pattern";
  EXPECT_EQ(measure("s.eady").status, Status::kCrash);
}

TEST_F(MicroProcess, ACrashSaysWhatItSaidLast) {
  misbehave("steady:crash");
  const MicroReading reading = measure("steady");
  EXPECT_EQ(reading.status, Status::kCrash);
  EXPECT_EQ(reading.reason, "it ended with exit code 1: out of luck");
}

TEST_F(MicroProcess, OneThatHangsIsKilled) {
  misbehave("steady:hang");
  const Nanos begun_ns = now_ns();
  EXPECT_EQ(measure("steady", 200'000'000).status, Status::kTimeout);
  EXPECT_LT(now_ns() - begun_ns, 20'000'000'000);
}

TEST_F(MicroProcess, GarbageAndTwoFiguresAreCrashes) {
  misbehave("steady:garbage,items:two");
  EXPECT_EQ(measure("steady").status, Status::kCrash);
  EXPECT_EQ(measure("items/manual_time").status, Status::kCrash);
}

TEST_F(MicroProcess, AnInterruptEndsTheWait) {
  misbehave("steady:hang");
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "!", 1), 1);
  patience_.wake_fd = ends[0];
  EXPECT_EQ(measure("steady").status, Status::kPartial);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(MicroProcess, AMissingProgramIsACrash) {
  EXPECT_EQ(measure_micro(root_ / "none", "steady", 1, patience_).status, Status::kCrash);
}

}  // namespace
}  // namespace an::harness
