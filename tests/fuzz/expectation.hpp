// What must be seen of a Dag: computed by walking it in order, without a scheduler.
//
// Two things are not determined by the Dag. When a join's first branch throws, the second may not
// have run at all: whether it did is taken from what was seen, and then everything below it must
// have. And of several tasks that throw any may be the first: each is accepted.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tests/fuzz/seen.hpp"

namespace an::fuzz {

struct Verdict {
  std::vector<std::string> differences;       // sentences; empty when all is as it must be
  std::array<std::uint64_t, kKinds> nodes{};  // run, by kind
};

Verdict judge(const Dag& dag, const Seen& seen);

}  // namespace an::fuzz
