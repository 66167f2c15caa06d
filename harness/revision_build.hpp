// The cells of another revision, built as the user's own: a git worktree under a cache folder, the
// preset bench, only the cells. What was built stays there for the next time; building it again is
// then ninja's question whether anything is to do.
#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace an::harness {

struct RevisionBuild {
  std::filesystem::path bin;  // the folder with the cells
  std::string commit;         // its full name
};

// Builds the cells of `schedulers` (empty: all) that `revision` of the repository of the current
// folder has, or, when that is none with presets, of the repository this executable lies in.
// `flag` is what the user typed, for messages. What the tools say goes to `progress`. Nothing when
// SIGINT, SIGTERM or SIGHUP came: a worktree made by this call is then removed. Throws UsageError
// when there is no such revision, an::Error when there is no repository or it does not build.
// The folder: $ANTINODE_CACHE, or antinode in $XDG_CACHE_HOME or ~/.cache.
std::optional<RevisionBuild> build_revision(const std::string& flag,
                                            const std::string& revision,
                                            const std::vector<std::string>& schedulers,
                                            std::ostream& progress);

}  // namespace an::harness
