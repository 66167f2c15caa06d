// SHA-1 (FIPS PUB 180-4, "Secure Hash Standard", 2015): only as much as uts needs, the hash as a
// generator of random bits. Broken as a signature; that does not matter here.
//
// Messages are 32-bit words, the first byte in the highest bits, as the standard has them: nothing
// is swapped. Thread-safe: no state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace an::workloads::sha1 {

using Digest = std::array<std::uint32_t, 5>;
using Block = std::array<std::uint32_t, 16>;

// The chaining value before the first block.
inline constexpr Digest kStart{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

// Longest message, in words, whose padding fits into the same block.
inline constexpr std::size_t kWordsMax = 13;

// The chaining value after one more block.
Digest compress(const Digest& chain, const Block& block);

// The hash of a message of at most kWordsMax words: one block.
Digest hash(std::span<const std::uint32_t> words);

}  // namespace an::workloads::sha1
