// Weaken: mutants without recompiling: the operation that returns to a given address uses another
// order. Which addresses belong to which line of source is for mutants.py to find out.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tests/model/checker/atomics.hpp"

namespace an::model {

class Weaken {
 public:
  static Weaken& the() {
    static Weaken weaken;
    return weaken;
  }

  void add(std::uint64_t pc, Order order) { orders_[pc] = {order}; }
  // The order with which the compare-exchange that returns to `pc` fails.
  void add_failure(std::uint64_t pc, Order order) { failure_orders_[pc] = {order}; }

  // What the operation at `pc`, written with `order`, is done with.
  Order order_at(std::uint64_t pc, Order order) { return at(orders_, pc).value_or(order); }
  Order failure_order_at(std::uint64_t pc, Order order) {
    return at(failure_orders_, pc).value_or(order);
  }
  // Whether the heavy or light barrier that returns to `pc` is left out.
  bool is_dropped(std::uint64_t pc) { return at(orders_, pc).has_value(); }

  // Those that no operation has returned to so far.
  std::vector<std::uint64_t> unmet() const {
    std::vector<std::uint64_t> unmet;
    for (const auto& [pc, weakened] : orders_) {
      if (!weakened.is_met) {
        unmet.push_back(pc);
      }
    }
    return unmet;
  }

 private:
  struct Weakened {
    Order order;
    bool is_met = false;
  };
  using Orders = std::unordered_map<std::uint64_t, Weakened>;

  static std::optional<Order> at(Orders& orders, std::uint64_t pc) {
    if (orders.empty()) [[likely]] {
      return std::nullopt;
    }
    const auto found = orders.find(pc);
    if (found == orders.end()) {
      return std::nullopt;
    }
    found->second.is_met = true;
    return found->second.order;
  }

  Orders orders_;
  Orders failure_orders_;
};

}  // namespace an::model
