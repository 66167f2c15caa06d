#include "core/base/suggest.hpp"

#include <gtest/gtest.h>

namespace an {
namespace {

const std::vector<std::string> kNames{"chase_lev", "heartbeat", "resonance", "serial"};

TEST(EditDistance, CountsEachKindOfMistakeOnce) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("fib", "fib"), 0U);
  EXPECT_EQ(edit_distance("", "fib"), 3U);
  EXPECT_EQ(edit_distance("fib", ""), 3U);
  EXPECT_EQ(edit_distance("fib", "fibb"), 1U);
  EXPECT_EQ(edit_distance("fib", "fb"), 1U);
  EXPECT_EQ(edit_distance("fib", "fab"), 1U);
  EXPECT_EQ(edit_distance("fib", "fbi"), 1U) << "neighbours swapped";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, FindsTypingErrors) {
  EXPECT_EQ(nearest("hartbeat", kNames), "heartbeat");
  EXPECT_EQ(nearest("haertbeat", kNames), "heartbeat");
  EXPECT_EQ(nearest("reson", kNames), "resonance") << "a beginning";
  EXPECT_EQ(nearest("chase-lev", kNames), "chase_lev");
}

TEST(Nearest, OffersNothingForSomethingElse) {
  EXPECT_EQ(nearest("quicksort", kNames), std::nullopt);
  EXPECT_EQ(nearest("xy", {"ab"}), std::nullopt) << "two edits of two letters";
  EXPECT_EQ(nearest("fib", {}), std::nullopt);
}

TEST(Nearest, PrefersTheNearer) {
  EXPECT_EQ(nearest("wave_ad", {"wave_phasor", "wave_add"}), "wave_add");
  EXPECT_EQ(nearest("aab", {"aaa", "aac"}), "aaa") << "the first of equals";
}

TEST(Suggestion, AsksAndLists) {
  EXPECT_EQ(suggestion("seriel", kNames, "Known schedulers"),
            "Did you mean 'serial'? Known schedulers: chase_lev, heartbeat, resonance, serial");
  EXPECT_EQ(suggestion("quicksort", {"a"}, "Known"), "Known: a");
  EXPECT_EQ(suggestion("x", {}, "Options of serial"), "Options of serial: none");
}

}  // namespace
}  // namespace an
