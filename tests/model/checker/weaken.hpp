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
  // The order with which the compare-exchange that returns to `pc` fails.
  void add_failure(std::uint64_t pc, Order order) { failure_orders_[pc] = order; }

  // What the operation at `pc`, written with `order`, is done with.
  Order order_at(std::uint64_t pc, Order order) const { return at(orders_, pc, order); }
  Order failure_order_at(std::uint64_t pc, Order order) const {
    return at(failure_orders_, pc, order);
  }
  // Whether the heavy or light barrier that returns to `pc` is left out.
  bool is_dropped(std::uint64_t pc) const { return orders_.contains(pc); }

 private:
  using Orders = std::unordered_map<std::uint64_t, Order>;

  static Order at(const Orders& orders, std::uint64_t pc, Order order) {
    if (orders.empty()) [[likely]] {
      return order;
    }
    const auto found = orders.find(pc);
    return found == orders.end() ? order : found->second;
  }

  Orders orders_;
  Orders failure_orders_;
};

}  // namespace an::model
