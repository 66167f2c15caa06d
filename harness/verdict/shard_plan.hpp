// A sweep cut into shards that can be run apart, on this machine or on others, and merged again
// (merge_runs.hpp). Cells of one workload and size are compared with each other, so they are never
// split. Not a scheduler of machines: who runs which shard when is left to Slurm, or to a loop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"

namespace an::harness {

struct ShardPlan {
  std::vector<std::string> flags;  // of `harness run`, everything that selects or measures
  std::uint64_t seed = 1;
  std::string commit;                            // of the harness, "+" when it was changed
  std::map<std::string, std::string> catalogue;  // scheduler -> code hash, or "absent"
  int shards = 1;
  std::vector<CellPlan> cells;  // of the whole sweep, in order
  std::vector<int> shard_of;    // of each cell, from 1
};

// The shard, from 1, of each of `cells`. Groups of one workload and size stay whole; the largest
// first, each goes to the shard with the least to do. A cell is taken to cost the same whatever it
// is, because turns are of equal length, and nothing if it cannot run. Throws an::Error when there
// are fewer groups than shards. Pure.
std::vector<int> assign_shards(const std::vector<CellPlan>& cells, int shards);

// The plan for `cells`, whose executables are hashed.
ShardPlan make_shard_plan(const std::vector<std::string>& flags,
                          const RunRequest& request,
                          const std::vector<CellPlan>& cells,
                          const Catalogue& catalogue,
                          int shards);

// plan.json, ended by a line end.
std::string to_json(const ShardPlan& plan);

// Reads it back. Throws an::Error when it is missing or malformed.
ShardPlan read_shard_plan(const std::filesystem::path& path);

// What differs between two plans, in words: "the executable of heartbeat". Empty when nothing does.
std::vector<std::string> differences(const ShardPlan& a, const ShardPlan& b);

// What a run directory says of itself in shard.json: which shards of which plan it holds.
struct ShardMark {
  ShardPlan plan;
  std::vector<int> shards;  // ascending
};

void write_shard_mark(const std::filesystem::path& directory, const ShardMark& mark);

// Throws an::Error when `directory` holds no shard.
ShardMark read_shard_mark(const std::filesystem::path& directory);

}  // namespace an::harness
