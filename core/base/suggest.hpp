// Nearest matches for names typed wrongly, and the sentence that offers them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace an {

// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal
// string alignment distance). O(|a| |b|) time.
std::size_t edit_distance(const std::string& a, const std::string& b);

// The element of `known` that `typed` most likely meant: within a third of its length (at least two
// edits), or one that begins with it. The first of equals; empty when nothing is near.
std::optional<std::string> nearest(const std::string& typed, const std::vector<std::string>& known);

// "Did you mean 'heartbeat'? Known: chase_lev, heartbeat, serial", without the question when
// nothing is near. `noun` names what is listed and opens the second sentence ("Known schedulers").
std::string suggestion(const std::string& typed,
                       const std::vector<std::string>& known,
                       const std::string& noun);

}  // namespace an
