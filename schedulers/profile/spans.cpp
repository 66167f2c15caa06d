// See spans.hpp.
#include "schedulers/profile/spans.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"

namespace an::schedulers::profile {

void Spans::raise(Place& place, const Place& other) const {
  place.strands = std::max(place.strands, other.strands);
  place.ns = std::max(place.ns, other.ns);
  if (burdened(other) > burdened(place)) {
    place.burdened_ns = other.burdened_ns;
    place.burdens = other.burdens;
  }
}

Spans::Place& Spans::group(std::uint32_t number) {
  if (number >= groups_.size()) {
    groups_.resize(number + 1);
  }
  return groups_[number];
}

void Spans::join() {
  AN_ASSERT(!open_.empty());
  Open& fork = open_.back();
  if (fork.is_second) {  // else the first branch threw, and there was no second
    ++fork.first_end.burdens;
    raise(here_, fork.first_end);
  }
  open_.pop_back();
}

template <class Length>
Spans::Place Spans::typical(const Length& length) {
  std::array<Place, kTypicalOf> sorted = latest_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(runs_, kTypicalOf));
  const auto middle = sorted.begin() + (end - sorted.begin() - 1) / 2;
  std::nth_element(sorted.begin(), middle, end,
                   [&](const Place& a, const Place& b) { return length(a) < length(b); });
  return *middle;
}

void Spans::end_run() {
  raise(here_, std::exchange(group(kRunGroup), {}));
  latest_[runs_++ % kTypicalOf] = here_;
  const Place burdened_end = typical([this](const Place& place) { return burdened(place); });
  totals_.strands += running_.strands;
  totals_.joins += running_.joins;
  totals_.tasks += running_.tasks;
  totals_.work_ns += running_.work_ns;
  totals_.span_strands += here_.strands;
  totals_.span_ns += typical([](const Place& place) { return place.ns; }).ns;
  totals_.burdened_ns += burdened_end.burdened_ns;
  totals_.burdens += burdened_end.burdens;
  running_ = {};
  here_ = {};
}

void Spans::add(Mark mark, double ns) {
  ++running_.strands;
  running_.work_ns += ns;
  ++here_.strands;
  here_.ns += ns;
  here_.burdened_ns += ns;
  switch (mark.edge()) {
    case Edge::kFork:
      ++running_.joins;
      open_.push_back({here_, {}, false});
      break;
    case Edge::kMiddle: {
      Open& fork = open_.back();
      fork.first_end = std::exchange(here_, fork.begin);
      fork.is_second = true;
      ++here_.burdens;
      break;
    }
    case Edge::kJoin:
      join();
      break;
    case Edge::kSpawn:
      ++running_.tasks;
      open_.push_back({here_, {}, false});
      ++here_.burdens;
      break;
    case Edge::kTaskEnd:
      raise(group(mark.group()), here_);
      here_ = open_.back().begin;
      open_.pop_back();
      break;
    case Edge::kWait:
      raise(here_, std::exchange(group(mark.group()), {}));
      break;
    case Edge::kEnd:
      end_run();
      break;
  }
}

}  // namespace an::schedulers::profile
