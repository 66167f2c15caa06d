// Trace: an execution as a table to read: thread, operation, value, the store it was read from, place
// in the source.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/checker/atomics.hpp"
#include "tests/model/checker/operation.hpp"

namespace an::model {

class Trace {
 public:
  void load(int thread, const Operation& op, const Location& location, std::uint32_t index);
  void store(int thread, const Operation& op, const Location& location);
  // The last two messages of `location` are what it read and what it wrote.
  void update(int thread, const Operation& op, const Location& location);
  void failed_exchange(int thread,
                       const Operation& op,
                       const Location& location,
                       std::uint32_t index);
  void event(int thread, std::string what, std::uint64_t pc);

  // With the places looked up in this executable's debug information.
  std::string print() const;

 private:
  struct Line {
    int thread;
    std::string what;
    std::uint64_t pc;
    std::uint64_t source_pc = 0;  // where what was read was stored
  };
  std::vector<Line> lines_;
};

// "core/deque/chase_lev.hpp:97" for each, innermost inlined function; "?" where unknown.
std::vector<std::string> places_of(const std::vector<std::uint64_t>& pcs);
std::string place_of(std::uint64_t pc);

}  // namespace an::model
