// Run directories written by hand, version 2 records: what the tests of readers and exports read.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace an::harness {

using Json = nlohmann::ordered_json;

// A cell with one worker and its identity, as the plan and cells.jsonl have it.
inline Json identity(const std::string& scheduler, const std::string& workload = "fib") {
  return {{"cell", workload + "/n:8/sched:" + scheduler + "/workers:1"},
          {"scheduler", scheduler},
          {"workload", workload},
          {"size", 8},
          {"workers", 1},
          {"options", Json::object()},
          {"allocator", "glibc"},
          {"baseline", scheduler == "serial"}};
}

inline Json cell_line(const std::string& scheduler, const std::string& status = "ok") {
  Json json = identity(scheduler);
  json["v"] = 2;
  json["status"] = status;
  json["reason"] = status == "ok" ? Json(nullptr) : Json("because");
  json["notes"] = Json::object();
  for (const char* name : {"task_bytes", "live_peak_bytes", "retained_bytes", "leaked_bytes",
                           "requested_bytes", "rss_delta_kib"}) {
    json[name] = nullptr;
  }
  json["ops_per_iteration"] = 10;
  json["iterations"] = 2;
  json["units"] = 6;
  json["dropped"] = 0;
  json["freezes"] = true;
  json["stopped"] = status == "ok" ? Json("budget") : Json(nullptr);
  return json;
}

// A turn of two iterations, twenty operations.
inline Json sample_line(const std::string& scheduler, int unit, int turn, std::int64_t ns) {
  return {{"v", 2},
          {"cell", identity(scheduler)["cell"]},
          {"unit", unit},
          {"turn", turn},
          {"position", 0},
          {"arm", nullptr},
          {"ns", ns},
          {"iterations", 2},
          {"ops", 20},
          {"check", "18446744073709551615"},
          {"ok", true},
          {"cpu_ns", ns + 2},
          {"nvcsw", nullptr},
          {"nivcsw", 0},
          {"minflt", 0},
          {"maxrss_kib", 1000},
          {"counters", {{"steals", 1}}},
          {"baseline", scheduler == "serial"},
          {"psi_us", nullptr},
          {"dropped", nullptr},
          {"t_mono_ns", 5}};
}

inline Json manifest_of(const std::vector<Json>& identities) {
  Json cells = Json::array();
  for (Json entry : identities) {
    entry["not_applicable"] = nullptr;
    cells.push_back(std::move(entry));
  }
  const Json build = {{"compiler", "GCC"}, {"flags", "-O3"},      {"type", "Release"},
                      {"sanitizer", ""},   {"publishable", true}, {"version", "1"}};
  return {{"v", 2},
          {"command", {"./harness", "--size=8"}},
          {"started", "2026-11-21T10:00:00Z"},
          {"seed", 1},
          {"git", {{"commit", "0123456789abcdef0123456789abcdef01234567"}, {"dirty", false}}},
          {"build",
           {{"conductor", {{"compiler", "GCC"}}},
            {"cells", {{"good", build}, {"serial", build}}},
            {"publishable", true}}},
          {"machine",
           {{"cpu", "A CPU"},
            {"logical_cpus", 2},
            {"allowed_cpus", {0, 1}},
            {"kernel", "Linux 6"},
            {"governor", nullptr},
            {"host", "0123456789abcdef"},
            {"loadavg", {0.5, 0.25, 0.125}}}},
          {"plan", {{"samples", 6}, {"turns", 3}, {"alpha", 0.01}, {"cells", std::move(cells)}}},
          {"notes", Json::array()}};
}

// A run directory of the test's own, gone with it.
class StoredRunTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "stored-run-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    write("manifest.json", manifest_of({identity("good"), identity("serial")}).dump());
    write("samples.jsonl", "");
    write("cells.jsonl", "");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(root_ / file) << text;
  }
  void write_lines(const std::string& file, const std::vector<Json>& lines) const {
    std::string text;
    for (const Json& line : lines) {
      text += line.dump() + "\n";
    }
    write(file, text);
  }
  // The whole run: `units` units of `turns` turns; unit u, turn t of good takes 100 + 10 u + t ns
  // per iteration, of serial half of that.
  void write_run(int units, int turns) const {
    std::vector<Json> lines;
    for (int unit = 0; unit < units; ++unit) {
      for (int turn = 0; turn < turns; ++turn) {
        const std::int64_t ns = 2 * (100 + 10 * unit + turn);
        lines.push_back(sample_line("good", unit, turn, ns));
        lines.push_back(sample_line("serial", unit, turn, ns / 2));
      }
    }
    write_lines("samples.jsonl", lines);
    write_lines("cells.jsonl", {cell_line("good"), cell_line("serial")});
  }
  const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

}  // namespace an::harness
