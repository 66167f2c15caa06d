// A contract that nothing can break proves nothing: schedulers with one fault each must violate it.
#include <gtest/gtest.h>

#include "tests/contract/broken/drops_task.hpp"
#include "tests/contract/broken/returns_early.hpp"
#include "tests/contract/broken/runs_twice.hpp"
#include "tests/contract/scheduler_contract.hpp"

namespace an::contract {
namespace {

TEST(BrokenSchedulers, ADroppedTaskIsNoticed) {
  EXPECT_FALSE(check_joins<schedulers::drops_task::Scheduler>(1).empty());
  EXPECT_FALSE(check_groups<schedulers::drops_task::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::drops_task::Scheduler>(1).empty());
}

TEST(BrokenSchedulers, ATaskThatRunsTwiceIsNoticed) {
  EXPECT_FALSE(check_joins<schedulers::runs_twice::Scheduler>(1).empty());
  EXPECT_FALSE(check_groups<schedulers::runs_twice::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::runs_twice::Scheduler>(1).empty());
}

TEST(BrokenSchedulers, AnEarlyReturnIsNoticed) {
  EXPECT_FALSE(check_groups<schedulers::returns_early::Scheduler>(1).empty());
  EXPECT_FALSE(check_quiescence<schedulers::returns_early::Scheduler>(1).empty());
}

}  // namespace
}  // namespace an::contract
