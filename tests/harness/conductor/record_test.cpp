#include "harness/conductor/record.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "tests/harness/conductor/fake_cells.hpp"

namespace an::harness {
namespace {

class RecordTest : public FakeCells {};

TEST_F(RecordTest, ARecordIsOneLineAndUnknownIsNull) {
  CellRecord cell;
  cell.plan.name = "fib/n:8/sched:x/workers:1";
  cell.reason = "two\nlines and \xff";
  Sample sample;
  sample.check = UINT64_MAX;
  {
    RunWriter writer(out());
    writer.append_unit({{&cell.plan, sample}});
    writer.append(cell);
    writer.append(cell);
  }
  ASSERT_EQ(lines_of("samples.jsonl").size(), 1u);
  const auto json = nlohmann::json::parse(lines_of("samples.jsonl")[0]);
  EXPECT_EQ(json["check"], "18446744073709551615");
  EXPECT_TRUE(json["cpu_ns"].is_null());
  ASSERT_EQ(lines_of("cells.jsonl").size(), 2u);
  EXPECT_EQ(nlohmann::json::parse(lines_of("cells.jsonl")[1])["status"], "partial");
}

TEST_F(RecordTest, AWriteThatFailsIsAnErrorWithARemedy) {
  try {
    RunWriter writer(out() / "missing");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.remedy().find("--out"), std::string::npos);
  }
  EXPECT_THROW(write_atomically("/proc/no_such_file", "x"), Error);
}

TEST_F(RecordTest, WritingAtomicallyReplacesAndLeavesNothingBeside) {
  write_atomically(out() / "a.json", "old");
  write_atomically(out() / "a.json", "new");
  EXPECT_EQ(text_of("a.json"), "new");
  EXPECT_FALSE(std::filesystem::exists(out() / "a.json.tmp"));
}

TEST_F(RecordTest, TheStderrFileIsInOneFolder) {
  RunWriter writer(out());
  CellPlan cell;
  cell.name = "fib/n:8/sched:x/set:a=../../b/workers:1";
  EXPECT_EQ(writer.stderr_path(cell).parent_path(), out() / "stderr");
}

}  // namespace
}  // namespace an::harness
