// What an executable is, without running it: its size, the size of its code, and a hash of all that
// it loads. Two builds whose hashes are equal run the same instructions on the same constants: there
// is nothing to time between them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace an::harness {

struct ExecutableFacts {
  std::int64_t file_bytes = 0;
  std::optional<std::int64_t> text_bytes;  // section .text; absent when it is no 64-bit ELF file
  std::string code_hash;                   // 32 hex digits
};

// The hash covers name, address, size and content of every section that is loaded: code, constants,
// and the initial values of variables too, for a changed start value is a changed program. Left out
// are notes (the build id is a hash of the debug information) and what is not loaded: symbols, debug
// information, paths. A file that is not a 64-bit ELF file of this byte order, such as a script, is
// hashed whole. Shared libraries are not followed. FNV-1a, 128 bits: no protection against intent.
// Throws an::Error when the file cannot be read. O(size), about 5 ms per MiB.
ExecutableFacts read_executable(const std::filesystem::path& path);

// read_executable(path).code_hash.
std::string code_hash(const std::filesystem::path& path);

}  // namespace an::harness
