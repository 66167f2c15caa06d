#include "workloads/sha1.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace an::workloads::sha1 {
namespace {

// The whole standard: pads any message of bytes and compresses its blocks.
Digest hash_of(std::string_view message) {
  std::vector<std::uint8_t> bytes(message.begin(), message.end());
  bytes.push_back(0x80);
  while (bytes.size() % 64 != 56) {
    bytes.push_back(0);
  }
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>((8 * message.size()) >> shift));
  }
  Digest chain = kStart;
  for (std::size_t at = 0; at < bytes.size(); at += 64) {
    Block block{};
    for (std::size_t i = 0; i < 64; ++i) {
      block[i / 4] = block[i / 4] << 8 | bytes[at + i];
    }
    chain = compress(chain, block);
  }
  return chain;
}

TEST(Sha1, HasThePublishedHashes) {
  EXPECT_EQ(hash_of("abc"), (Digest{0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d}));
  EXPECT_EQ(hash_of(""), (Digest{0xda39a3ee, 0x5e6b4b0d, 0x3255bfef, 0x95601890, 0xafd80709}));
  EXPECT_EQ(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            (Digest{0x84983e44, 0x1c3bd26e, 0xbaae4aa1, 0xf95129e5, 0xe54670f1}));
  EXPECT_EQ(hash_of(std::string(1'000'000, 'a')),
            (Digest{0x34aa973c, 0xd4c4daa4, 0xf61eeb2b, 0xdbad2731, 0x6534016f}));
}

TEST(Sha1, WordsAreTheirBytesFromTheHighestDown) {
  const std::array<std::uint32_t, 5> words{0x61626364, 0x62636465, 0x63646566, 0x64656667,
                                           0x65666768};
  EXPECT_EQ(hash(words), hash_of("abcdbcdecdefdefgefgh"));
  EXPECT_EQ(hash({words.data(), 1}), hash_of("abcd"));
  EXPECT_EQ(hash({words.data(), 0}), hash_of(""));
  const std::vector<std::uint32_t> longest(kWordsMax, 0x61616161);
  EXPECT_EQ(hash(longest), hash_of(std::string(4 * kWordsMax, 'a')));
}

TEST(Sha1, EveryWordOfTheMessageCounts) {
  std::vector<std::uint32_t> words(kWordsMax, 0);
  const Digest zero = hash(words);
  for (std::uint32_t& word : words) {
    word = 1;
    EXPECT_NE(hash(words), zero);
    word = 0;
  }
}

}  // namespace
}  // namespace an::workloads::sha1
