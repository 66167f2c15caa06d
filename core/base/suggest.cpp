// Nearest match by optimal string alignment (a restricted Damerau-Levenshtein distance: no
// substring is edited twice), because swapped neighbours are the commonest typing error.
#include "core/base/suggest.hpp"

#include <algorithm>

namespace an {

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substitution, last[j] + 1, row[j - 1] + 1});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest(const std::string& typed,
                                   const std::vector<std::string>& known) {
  constexpr std::size_t kPrefixMin = 3;
  const std::size_t limit = std::max<std::size_t>(2, typed.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(typed, name);
    // A short name is within two edits of everything: at least one letter must stay.
    if (distance < best_distance && distance < std::max(typed.size(), name.size())) {
      best = name;
      best_distance = distance;
    }
  }
  if (!best && typed.size() >= kPrefixMin) {
    const auto completed = std::find_if(known.begin(), known.end(), [&](const std::string& name) {
      return name.starts_with(typed);
    });
    if (completed != known.end()) {
      best = *completed;
    }
  }
  return best;
}

std::string suggestion(const std::string& typed,
                       const std::vector<std::string>& known,
                       const std::string& noun) {
  const std::optional<std::string> best = nearest(typed, known);
  std::string text = best ? "Did you mean '" + *best + "'? " : "";
  text += noun + ": " + (known.empty() ? "none" : "");
  for (const std::string& name : known) {
    text += (&name == &known.front() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace an
