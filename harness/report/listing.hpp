// What `list` and `describe` print: the catalogue for people and for programs. Pure functions.
#pragma once

#include <string>

#include "harness/conductor/catalogue.hpp"

namespace an::harness {

// Schedulers and workloads with their summaries, absent schedulers with the reason.
std::string list_text(const Catalogue& catalogue);

// {"schedulers":[...],"workloads":[...]}, each element with everything known, ended by a line end.
std::string list_json(const Catalogue& catalogue);

// Everything known about the scheduler or workload called `name` (both, if both exist); empty when
// there is none.
std::string describe_text(const Catalogue& catalogue, const std::string& name);

// The same as {"scheduler":{...}|null,"workload":{...}|null}, ended by a line end; empty when there
// is none.
std::string describe_json(const Catalogue& catalogue, const std::string& name);

}  // namespace an::harness
