// See executable.hpp.
#include "harness/conductor/executable.hpp"

#include <elf.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "harness/conductor/fact_files.hpp"

namespace an::harness {
namespace {

// Fowler, Noll and Vo, variant 1a with 128 bits (RFC 9923).
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      state_ = (state_ ^ static_cast<unsigned char>(byte)) * kPrime;
    }
  }
  void add(std::uint64_t number) {
    std::array<char, sizeof(number)> bytes{};
    std::memcpy(bytes.data(), &number, sizeof(number));
    add(std::string_view(bytes.data(), bytes.size()));
  }
  std::string digits() const {
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%016llx%016llx",
                  static_cast<unsigned long long>(state_ >> 64),
                  static_cast<unsigned long long>(state_));
    return text.data();
  }

 private:
  __extension__ using Word = unsigned __int128;
  static constexpr Word kPrime = (Word{1} << 88) + 0x13b;
  Word state_ = (Word{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;
};

struct Section {
  std::string_view name, content;  // no content: it is only reserved (.bss)
  Elf64_Shdr header;
};

template <class T>
std::optional<T> read_at(std::string_view file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value{};
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return value;
}

std::optional<std::string_view> content_of(std::string_view file, const Elf64_Shdr& header) {
  if (header.sh_type == SHT_NOBITS) {
    return std::string_view();
  }
  if (header.sh_offset > file.size() || file.size() - header.sh_offset < header.sh_size) {
    return std::nullopt;
  }
  return file.substr(header.sh_offset, header.sh_size);
}

bool is_readable_elf(std::string_view file, const Elf64_Ehdr& header) {
  constexpr unsigned char kNative =
      std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  return file.substr(0, SELFMAG) == ELFMAG && header.e_ident[EI_CLASS] == ELFCLASS64 &&
         header.e_ident[EI_DATA] == kNative && header.e_shentsize == sizeof(Elf64_Shdr) &&
         header.e_shstrndx < header.e_shnum;
}

// All sections; none when this is not an ELF file we can read, or a torn one.
std::vector<Section> sections_of(std::string_view file) {
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  if (!header || !is_readable_elf(file, *header)) {
    return {};
  }
  std::vector<Section> sections;
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    const auto entry = read_at<Elf64_Shdr>(file, header->e_shoff + i * sizeof(Elf64_Shdr));
    const auto content = entry ? content_of(file, *entry) : std::nullopt;
    if (!content) {
      return {};
    }
    sections.push_back({{}, *content, *entry});
  }
  const std::string_view names = sections[header->e_shstrndx].content;
  for (Section& section : sections) {
    if (section.header.sh_name < names.size()) {
      const std::string_view rest = names.substr(section.header.sh_name);
      section.name = rest.substr(0, rest.find('\0'));
    }
  }
  return sections;
}

bool is_loaded_code_or_data(const Section& section) {
  return (section.header.sh_flags & SHF_ALLOC) != 0 && section.header.sh_type != SHT_NOTE;
}

}  // namespace

ExecutableFacts read_executable(const std::filesystem::path& path) {
  const auto file = read_text(path);
  if (!file) {
    throw Error("cannot read " + path.string(), "It is not there, or may not be read",
                "Name an executable");
  }
  ExecutableFacts facts;
  facts.file_bytes = static_cast<std::int64_t>(file->size());
  const std::vector<Section> sections = sections_of(*file);
  Hash hash;
  for (const Section& section : sections) {
    if (section.name == ".text") {
      facts.text_bytes = static_cast<std::int64_t>(section.header.sh_size);
    }
    if (is_loaded_code_or_data(section)) {
      hash.add(section.name);
      hash.add(section.header.sh_addr);
      hash.add(section.header.sh_size);
      hash.add(section.content);
    }
  }
  if (sections.empty()) {
    hash.add(*file);
  }
  facts.code_hash = hash.digits();
  return facts;
}

std::string code_hash(const std::filesystem::path& path) {
  return read_executable(path).code_hash;
}

}  // namespace an::harness
