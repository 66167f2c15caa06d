#include "tests/model/relacy/mutation.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace an::relacy {
namespace {

struct Site {
  const char* file;
  unsigned line;
  Access access;
  const char* order;
};

// Of fixed size: Relacy accounts for what is allocated while it simulates.
struct Sites {
  std::array<Site, 256> seen;
  std::size_t count = 0;
  bool is_on = false;
};

Sites& sites() noexcept {
  static Sites the_sites;
  return the_sites;
}

const char* name_of(Access access) noexcept {
  switch (access) {
    case Access::kLoad:
      return "load";
    case Access::kStore:
      return "store";
    case Access::kChange:
      return "change";
    case Access::kBarrier:
      return "barrier";
  }
  return "";
}

}  // namespace

bool Mutation::names(const char* at_file) const noexcept {
  return std::string_view(at_file).ends_with(file);
}

Mutation& the_mutation() noexcept {
  static Mutation mutation;
  return mutation;
}

void note_sites(bool on) noexcept {
  sites().is_on = on;
}

void note_site(const char* file, unsigned line, Access access, const char* order) noexcept {
  Sites& all = sites();
  if (!all.is_on) {
    return;
  }
  for (std::size_t i = 0; i < all.count; ++i) {
    const Site& site = all.seen[i];
    if (site.line == line && site.access == access && std::string_view(site.file) == file &&
        std::string_view(site.order) == order) {
      return;
    }
  }
  if (all.count == all.seen.size()) {
    std::fputs("relacy: more places than mutation.cpp has room for\n", stderr);
    std::abort();
  }
  all.seen[all.count++] = {file, line, access, order};
}

void print_sites() {
  for (std::size_t i = 0; i < sites().count; ++i) {
    const Site& site = sites().seen[i];
    std::printf("%s\t%u\t%s\t%s\n", site.file, site.line, name_of(site.access), site.order);
  }
}

}  // namespace an::relacy
