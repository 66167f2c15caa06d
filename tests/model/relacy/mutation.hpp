// Mutation: the one place of the sources that a run weakens or leaves out, chosen on the command
// line, so that a mutant costs no compilation; and the list of the places a run has come by.
//
// Threads: Relacy simulates all of them on one; nothing here is synchronised.
#pragma once

#include <string>

namespace an::relacy {

enum class Access { kLoad, kStore, kChange, kBarrier };

struct Mutation {
  std::string file;      // the end of a path
  unsigned line = 0;     // 0: no mutation
  bool is_drop = false;  // leave the store, addition or barrier out, instead of weakening its order
  int order = 0;         // an rl::memory_order

  bool weakens(const char* at_file, unsigned at_line) const noexcept {
    return at_line == line && !is_drop && names(at_file);
  }
  bool drops(const char* at_file, unsigned at_line) const noexcept {
    return at_line == line && is_drop && names(at_file);
  }

 private:
  bool names(const char* at_file) const noexcept;
};

// The one of this process.
Mutation& the_mutation() noexcept;

// From `on` on, note_site() remembers where it was called from.
void note_sites(bool on) noexcept;
void note_site(const char* file, unsigned line, Access access, const char* order) noexcept;

// One line for each place: file, line, kind of access and order, separated by tabs.
void print_sites();

}  // namespace an::relacy
