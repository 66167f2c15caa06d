#include "tests/model/checker/explorer.hpp"

#include <bit>
#include <charconv>

#include "core/base/error.hpp"

namespace an::model {

Explorer::Explorer(Strategy strategy) : strategy_(std::move(strategy)), rng_(strategy_.seed) {}

void Explorer::begin() {
  depth_ = 0;
  preemptions_ = 0;
  if (strategy_.kind == Strategy::Kind::kRandom) {
    nodes_.clear();
    thread_choices_most_ = std::max(thread_choices_most_, thread_choices_);
    thread_choices_ = 0;
    priorities_.clear();
    for (int t = 0; t < kThreadsMax; ++t) {
      priorities_.push_back(rng_.next() | (std::uint64_t{1} << 63));
    }
    change_at_.clear();
    for (int i = 0; i < strategy_.changes; ++i) {
      change_at_.push_back(rng_.next() % thread_choices_most_);
    }
  }
}

bool Explorer::next() {
  if (strategy_.kind == Strategy::Kind::kReplay) {
    return false;
  }
  if (strategy_.kind == Strategy::Kind::kRandom) {
    return true;
  }
  nodes_.resize(depth_);
  while (!nodes_.empty() && nodes_.back().left == 0) {
    nodes_.pop_back();
  }
  if (nodes_.empty()) {
    return false;
  }
  Node& node = nodes_.back();
  if (node.is_thread) {
    node.explored.done |= ThreadSet{1} << node.taken;
  }
  node.taken = static_cast<std::uint8_t>(std::countr_zero(node.left));
  node.left &= node.left - 1;
  return true;
}

std::uint8_t Explorer::push(ThreadSet options, std::uint8_t first, bool is_thread) {
  nodes_.push_back({options & ~(ThreadSet{1} << first), {}, first, is_thread});
  ++depth_;
  return first;
}

int Explorer::choose_thread(ThreadSet enabled, ThreadSet asleep, int current, Explored* before) {
  *before = {};
  const bool may_go_on = current >= 0 && (enabled >> current & 1) != 0;
  if (std::has_single_bit(enabled)) {
    const int only = std::countr_zero(enabled);
    return (asleep >> only & 1) != 0 ? -1 : only;
  }
  if (strategy_.kind == Strategy::Kind::kReplay) {
    const std::size_t at = depth_;
    const std::uint8_t wanted = at < strategy_.replay.size() ? strategy_.replay[at] : 0xFF;
    const bool is_possible = wanted < kThreadsMax && (enabled >> wanted & 1) != 0;
    is_misfit_ = is_misfit_ || !is_possible;
    return push(enabled,
                is_possible ? wanted : static_cast<std::uint8_t>(std::countr_zero(enabled)), true);
  }
  if (strategy_.kind == Strategy::Kind::kRandom) {
    return push(enabled, static_cast<std::uint8_t>(random_thread(enabled)), true);
  }
  int taken = 0;
  if (depth_ < nodes_.size()) {
    const Node& node = nodes_[depth_++];
    *before = node.explored;
    taken = node.taken;
  } else {
    ThreadSet options = enabled & ~asleep;
    if (may_go_on && preemptions_ == strategy_.preemptions) {
      options = ThreadSet{1} << current;
    }
    if (options == 0) {
      return -1;
    }
    const bool first_is_current = may_go_on && (options >> current & 1) != 0;
    taken = push(options,
                 static_cast<std::uint8_t>(first_is_current ? current : std::countr_zero(options)),
                 true);
  }
  preemptions_ += may_go_on && taken != current ? 1 : 0;
  return taken;
}

void Explorer::will_spin() {
  for (std::size_t i = depth_; i-- > 0;) {
    if (nodes_[i].is_thread) {
      nodes_[i].explored.spins |= ThreadSet{1} << nodes_[i].taken;
      return;
    }
  }
}

int Explorer::random_thread(ThreadSet enabled) {
  int best = -1;
  for (int t = 0; t < kThreadsMax; ++t) {
    if ((enabled >> t & 1) != 0 && (best < 0 || priorities_[t] > priorities_[best])) {
      best = t;
    }
  }
  for (std::size_t i = 0; i < change_at_.size(); ++i) {
    if (change_at_[i] == thread_choices_) {
      priorities_[best] = i;  // below every first priority
    }
  }
  ++thread_choices_;
  return best;
}

std::uint32_t Explorer::choose(std::uint32_t options) {
  if (options <= 1) {
    return 0;
  }
  constexpr std::uint32_t kOptionsMax = 31;
  was_cut_ = was_cut_ || options > kOptionsMax;
  options = std::min(options, kOptionsMax);
  if (strategy_.kind == Strategy::Kind::kReplay) {
    const std::uint8_t wanted = depth_ < strategy_.replay.size() ? strategy_.replay[depth_] : 0xFF;
    is_misfit_ = is_misfit_ || wanted >= options;
    return push(0, wanted < options ? wanted : 0, false);
  }
  if (strategy_.kind == Strategy::Kind::kRandom) {
    return push(0, static_cast<std::uint8_t>(rng_.next() % options), false);
  }
  if (depth_ < nodes_.size()) {
    return nodes_[depth_++].taken;
  }
  return push((ThreadSet{1} << options) - 1, 0, false);
}

std::vector<std::uint8_t> Explorer::taken() const {
  std::vector<std::uint8_t> taken;
  for (std::size_t i = 0; i < depth_; ++i) {
    taken.push_back(nodes_[i].taken);
  }
  return taken;
}

std::string Explorer::choices() const {
  return print_choices(taken());
}

std::string print_choices(const std::vector<std::uint8_t>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size();) {
    std::size_t end = i;
    while (end < choices.size() && choices[end] == choices[i]) {
      ++end;
    }
    text += (text.empty() ? "" : ".") + std::to_string(choices[i]);
    if (end - i > 1) {
      text += "*" + std::to_string(end - i);
    }
    i = end;
  }
  return text.empty() ? "-" : text;
}

std::vector<std::uint8_t> parse_choices(const std::string& text) {
  std::vector<std::uint8_t> choices;
  if (text == "-") {
    return choices;
  }
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](unsigned most) {
    unsigned value = 0;
    const auto [rest, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || value > most) {
      throw Error("'" + text + "' is no sequence of choices", "It was cut off or mistyped",
                  "Copy the whole string that the failure printed");
    }
    at = rest;
    return value;
  };
  while (at < end) {
    const auto choice = static_cast<std::uint8_t>(number(31));
    unsigned count = 1;
    if (at < end && *at == '*') {
      ++at;
      count = number(1'000'000);
    }
    choices.insert(choices.end(), count, choice);
    if (at < end && *at == '.') {
      ++at;
    } else if (at < end) {
      number(0);  // not a digit: throws
      break;
    }
  }
  return choices;
}

}  // namespace an::model
