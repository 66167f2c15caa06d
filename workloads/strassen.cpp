#include "workloads/strassen.hpp"

#include <cstddef>
#include <limits>

namespace an::workloads::strassen {

namespace {

// A factor of a child: the quadrant itself, or the sum formed in its temporary.
Grid form(const Node& node, Grid grid, const Factor& factor) {
  const Grid first = node.quadrant(grid, factor.first);
  if (factor.second < 0) {
    return first;
  }
  const Grid second = node.quadrant(grid, factor.second);
  const Grid sum = node.temporary(factor.slot);
  for (std::int64_t row = 0; row < node.half(); ++row) {
    for (std::int64_t column = 0; column < node.half(); ++column) {
      Block& to = sum.at(row, column);
      const Block& x = first.at(row, column);
      const Block& y = second.at(row, column);
      for (std::size_t i = 0; i < to.values.size(); ++i) {
        to.values[i] = x.values[i] + factor.sign * y.values[i];
      }
    }
  }
  return sum;
}

}  // namespace

Node child_of(const Node& node, std::int64_t index) {
  const Product& product = kTable[static_cast<std::size_t>(index)];
  const std::int64_t half = node.half();
  Block* const below = node.workspace + kTemporaries * half * half;
  return {product.quadrant >= 0 ? node.quadrant(node.c, product.quadrant)
                                : node.temporary(product.temporary),
          form(node, node.a, product.a),
          form(node, node.b, product.b),
          half,
          node.levels - 1,
          below + index * workspace_for(half, node.levels - 1)};
}

void clear(Grid c, std::int64_t side) {
  for (std::int64_t row = 0; row < side; ++row) {
    for (std::int64_t column = 0; column < side; ++column) {
      c.at(row, column).values.fill(0);
    }
  }
}

void combine_row(const Node& node, std::int64_t row) {
  for (std::int64_t column = 0; column < node.half(); ++column) {
    const auto quadrant = [&](int number) -> auto& {
      return node.quadrant(node.c, number).at(row, column).values;
    };
    const auto product = [&](int slot) -> const auto& {
      return node.temporary(slot).at(row, column).values;
    };
    auto& c11 = quadrant(0);
    auto& c12 = quadrant(1);
    auto& c21 = quadrant(2);
    auto& c22 = quadrant(3);
    const auto& m1 = product(10);
    const auto& m4 = product(11);
    const auto& m5 = product(12);
    for (std::size_t i = 0; i < c11.size(); ++i) {
      const double m2 = c21[i];
      const double m3 = c12[i];
      c11[i] += m1[i] + m4[i] - m5[i];
      c12[i] = m3 + m5[i];
      c21[i] = m2 + m4[i];
      c22[i] += m1[i] - m2 + m3;
    }
  }
}

void Workload::reset(Input& input) {
  input.c.clear();
  for (Block& block : input.workspace) {
    block.values.front() = std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace an::workloads::strassen
