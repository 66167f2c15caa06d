#include "harness/report/exports.hpp"

#include <gmock/gmock.h>

#include "harness/report/provenance.hpp"
#include "harness/report/unit_figures.hpp"
#include "tests/harness/verdict/stored_runs.hpp"

namespace an::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Exports : public StoredRunTest {
 protected:
  std::vector<ExportedRun> stored(const std::string& arm = "") const {
    return {{read_run(root()), arm}};
  }
};

TEST_F(Exports, AFigureIsTheMedianOfAUnit) {
  write_run(2, 3);
  const auto figures = unit_figures(read_run(root()).cells[0].record);
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_EQ(figures[1].unit, 1);
  EXPECT_EQ(figures[1].ns, 111);
  EXPECT_EQ(figures[1].cpu_ns, 112);
  EXPECT_EQ(figures[1].iterations, 6);
}

TEST_F(Exports, GoogleBenchmarkSeesUnitsAsRepetitions) {
  write_run(2, 3);
  const Json file = Json::parse(render_gbench(stored()));
  EXPECT_EQ(file["context"]["json_schema_version"], 1);
  EXPECT_EQ(file["context"]["caches"], Json::array());
  EXPECT_EQ(file["context"]["num_cpus"], 2);
  const Json& benchmarks = file["benchmarks"];
  ASSERT_EQ(benchmarks.size(), 2u);  // two units of good; serial is a baseline
  EXPECT_EQ(benchmarks[1]["name"], "fib/n:8/sched:good/workers:1/real_time");
  EXPECT_EQ(benchmarks[1]["run_type"], "iteration");
  EXPECT_EQ(benchmarks[1]["repetitions"], 2);
  EXPECT_EQ(benchmarks[1]["repetition_index"], 1);
  EXPECT_EQ(benchmarks[1]["real_time"], 111.0);
  EXPECT_EQ(benchmarks[1]["cpu_time"], 112.0);
  EXPECT_EQ(benchmarks[1]["time_unit"], "ns");
}

TEST_F(Exports, AnUnknownCpuTimeIsNoZero) {
  Json line = sample_line("good", 0, 0, 200);
  line["cpu_ns"] = nullptr;
  write_lines("samples.jsonl", {line});
  write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  EXPECT_EQ(Json::parse(render_gbench(stored()))["benchmarks"][0]["cpu_time"], 100.0);
}

TEST_F(Exports, BenchfmtIsALinePerUnit) {
  write_run(2, 1);
  const std::string text = render_benchfmt(stored());
  EXPECT_THAT(text, HasSubstr("cpu: A CPU\n"));
  EXPECT_THAT(text, HasSubstr("\n\nBenchmarkFib/n=8/sched=good-1 2 100 ns/op\n"
                              "BenchmarkFib/n=8/sched=good-1 2 110 ns/op\n"));
}

TEST_F(Exports, ABenchfmtNameHasNoSpaces) {
  write_run(1, 1);
  auto runs = stored();
  runs[0].run.cells[0].record.plan.name = "tree_sum/n:8/sched:good/set:text=a b/workers:2";
  runs[0].run.cells[0].record.plan.workers = 2;
  EXPECT_THAT(render_benchfmt(runs),
              HasSubstr("\nBenchmarkTree_sum/n=8/sched=good/set.text=a_b-2 2 100 ns/op\n"));
}

TEST_F(Exports, ACellWithoutFiguresIsLeftOutByName) {
  write_run(1, 1);
  for (const char* status : {"wrong", "crash", "timeout", "n/a", "partial"}) {
    write_lines("cells.jsonl", {cell_line("good", status), cell_line("serial")});
    EXPECT_EQ(Json::parse(render_gbench(stored()))["benchmarks"], Json::array());
    EXPECT_THAT(render_benchfmt(stored()), Not(HasSubstr("ns/op")));
    EXPECT_THAT(left_out(stored()),
                ElementsAre(std::string("fib/n:8/sched:good/workers:1: ") + status));
  }
}

TEST_F(Exports, ATurnWithoutTimeIsNoFigure) {
  write_lines("samples.jsonl", {sample_line("good", 0, 0, 0), sample_line("good", 1, 0, 8)});
  write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  EXPECT_EQ(Json::parse(render_gbench(stored()))["benchmarks"], Json::array());
  EXPECT_THAT(left_out(stored()), ElementsAre(HasSubstr("without time")));
}

TEST_F(Exports, AnArmIsExportedAlone) {
  std::vector<Json> lines;
  for (const char* arm : {"R", "C", "R'"}) {
    lines.push_back(sample_line("good", 0, 0, arm[0] == 'C' ? 300 : 200));
    lines.back()["arm"] = arm;
  }
  write_lines("samples.jsonl", lines);
  write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  EXPECT_THAT(render_benchfmt(stored("C")), HasSubstr("good-1 2 150 ns/op"));
  EXPECT_THAT(render_benchfmt(stored("R")), HasSubstr("good-1 2 100 ns/op"));
  EXPECT_EQ(Json::parse(render_gbench(stored("C")))["context"]["arm"], "C");
}

TEST_F(Exports, ProvenanceComesFromTheManifest) {
  write_run(1, 1);
  Json manifest = manifest_of({identity("good"), identity("serial")});
  manifest["build"]["cells"]["good"]["publishable"] = false;
  manifest["build"]["cells"]["good"]["type"] = "Debug";
  manifest["command"] = {"./harness", "--filter=a b"};
  write("manifest.json", manifest.dump());
  const Provenance provenance = provenance_of(read_run(root()));
  EXPECT_EQ(provenance.machine, "A CPU, 2 of 2 CPUs, Linux 6");
  EXPECT_EQ(provenance.commit, "0123456789ab");
  EXPECT_EQ(provenance.command, "./harness '--filter=a b'");
  EXPECT_THAT(provenance.unpublishable, ElementsAre("good: Debug"));
  EXPECT_FALSE(provenance.interrupted);
}

}  // namespace
}  // namespace an::harness
