#include "core/deque/chase_lev.hpp"

#include "tests/contract/work_deque_contract.hpp"

namespace an::contract {

using ChaseLevOfItems = ChaseLev<DequeItem>;
INSTANTIATE_TYPED_TEST_SUITE_P(ChaseLev, WorkDequeContract, ChaseLevOfItems);

namespace {

TEST(ChaseLev, GrowthKeepsOrderAndItems) {
  ChaseLevOfItems::Owner owner(2);
  std::vector<DequeItem> items(100);
  for (std::size_t i = 0; i < 3; ++i) {
    owner.push(&items[i]);
  }
  EXPECT_EQ(owner.capacity(), 4);
  EXPECT_EQ(owner.steal().item, &items[0]);
  EXPECT_EQ(owner.pop(), &items[2]);
  EXPECT_EQ(owner.pop(), &items[1]);
}

// A thief cannot name what only the owner may do.
template <class T>
concept CanPush = requires(T& deque, DequeItem* item) {
  deque.push(item);
};
static_assert(CanPush<ChaseLevOfItems::Owner>);
static_assert(!CanPush<ChaseLevOfItems::Thief>);

TEST(ChaseLevDeathTest, ACapacityThatIsNoPowerOfTwoIsRefused) {
  EXPECT_DEATH(ChaseLevOfItems::Owner(3), "capacity");
}

}  // namespace
}  // namespace an::contract
