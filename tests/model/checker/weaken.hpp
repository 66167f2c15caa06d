// Weaken: mutants without recompiling: the operation that returns to a given address uses another
// order. Which addresses belong to which line of source is for mutants.py to find out.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "tests/model/checker/atomics.hpp"

namespace an::model {

class Weaken {
 public:
  static Weaken& the() {
    static Weaken weaken;
    return weaken;
  }

  void add(std::uint64_t pc, Order order) { orders_[pc] = order; }

  // What the operation at `pc`, written with `order`, is done with.
  Order order_at(std::uint64_t pc, Order order) const {
    if (orders_.empty()) [[likely]] {
      return order;
    }
    const auto found = orders_.find(pc);
    return found == orders_.end() ? order : found->second;
  }
  // Whether the heavy or light barrier that returns to `pc` is left out.
  bool is_dropped(std::uint64_t pc) const { return orders_.contains(pc); }

 private:
  std::unordered_map<std::uint64_t, Order> orders_;
};

}  // namespace an::model
