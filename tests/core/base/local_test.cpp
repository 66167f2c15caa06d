#include "core/base/local.hpp"

#include "core/base/thread.hpp"
#include "gtest/gtest.h"

namespace an {
namespace {

struct FirstTag;
struct SecondTag;

TEST(Local, EveryThreadStartsWithZeroAndKeepsItsOwnValue) {
  Local<FirstTag, int>::get() = 1;
  int* elsewhere = nullptr;
  Thread other("other", [&] {
    EXPECT_EQ((Local<FirstTag, int>::get()), 0);
    Local<FirstTag, int>::get() = 2;
    elsewhere = &Local<FirstTag, int>::get();
    EXPECT_EQ(*elsewhere, 2);
  });
  other.join();
  EXPECT_EQ((Local<FirstTag, int>::get()), 1);
  EXPECT_NE(elsewhere, (&Local<FirstTag, int>::get()));
}

TEST(Local, TagsSeparateValuesOfTheSameType) {
  Local<FirstTag, int>::get() = 1;
  Local<SecondTag, int>::get() = 2;
  EXPECT_EQ((Local<FirstTag, int>::get()), 1);
}

TEST(Local, TheAddressIsStableWithinAThread) {
  EXPECT_EQ((&Local<FirstTag, int>::get()), (&Local<FirstTag, int>::get()));
}

}  // namespace
}  // namespace an
