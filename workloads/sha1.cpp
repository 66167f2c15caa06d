#include "workloads/sha1.hpp"

#include <algorithm>
#include <bit>

#include "core/base/assert.hpp"

namespace an::workloads::sha1 {

namespace {

// One of the 80 steps: turns the five working variables by one place.
template <class F>
[[gnu::always_inline]] inline void step(Digest& v, F mix, std::uint32_t constant, std::uint32_t w) {
  const std::uint32_t next = std::rotl(v[0], 5) + mix(v[1], v[2], v[3]) + v[4] + constant + w;
  v = {next, v[0], std::rotl(v[1], 30), v[2], v[3]};
}

// Word t of the message schedule, kept in a ring of sixteen.
[[gnu::always_inline]] inline std::uint32_t word(Block& ring, std::size_t t) {
  if (t >= 16) {
    ring[t % 16] =
        std::rotl(ring[(t + 13) % 16] ^ ring[(t + 8) % 16] ^ ring[(t + 2) % 16] ^ ring[t % 16], 1);
  }
  return ring[t % 16];
}

}  // namespace

Digest compress(const Digest& chain, const Block& block) {
  using Word = std::uint32_t;
  const auto choose = [](Word b, Word c, Word d) { return d ^ (b & (c ^ d)); };
  const auto parity = [](Word b, Word c, Word d) { return b ^ c ^ d; };
  const auto majority = [](Word b, Word c, Word d) { return (b & c) | (d & (b | c)); };
  Block ring = block;
  Digest v = chain;
  std::size_t t = 0;
  for (; t < 20; ++t) {
    step(v, choose, 0x5a827999, word(ring, t));
  }
  for (; t < 40; ++t) {
    step(v, parity, 0x6ed9eba1, word(ring, t));
  }
  for (; t < 60; ++t) {
    step(v, majority, 0x8f1bbcdc, word(ring, t));
  }
  for (; t < 80; ++t) {
    step(v, parity, 0xca62c1d6, word(ring, t));
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    v[i] += chain[i];
  }
  return v;
}

Digest hash(std::span<const std::uint32_t> words) {
  AN_DCHECK(words.size() <= kWordsMax);
  Block block{};
  std::copy(words.begin(), words.end(), block.begin());
  block[words.size()] = 0x80000000;
  block[15] = static_cast<std::uint32_t>(32 * words.size());
  return compress(kStart, block);
}

}  // namespace an::workloads::sha1
