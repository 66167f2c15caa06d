// The shards of one plan as one run directory, which everything that reads runs can read.
//
// I1: the files written depend on the set of shards alone: not on the order of the inputs, nor on
//     how often one is given, nor on whether it came through an earlier merge.
#pragma once

#include <filesystem>
#include <vector>

namespace an::harness {

struct MergeReport {
  std::vector<int> merged, missing, unfinished;  // shards, ascending
};

// True when `directory` was written by merge_runs.
bool holds_merge(const std::filesystem::path& directory);

// Merges the shards in `inputs` into `out`, which exists and is empty or holds a merge of the same
// plan, which is then extended. A shard that was killed or interrupted is not taken: it can go on, and
// would be another one then. Cells of shards that are not there are partial in what is read. Throws
// an::Error when an input cannot be read whole, when plans or executables differ (it says which),
// or when two inputs hold different measurements of a shard; then nothing is written.
MergeReport merge_runs(const std::vector<std::filesystem::path>& inputs,
                       const std::filesystem::path& out);

}  // namespace an::harness
