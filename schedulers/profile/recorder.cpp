// See recorder.hpp.
#include "schedulers/profile/recorder.hpp"

#include <algorithm>

#include "core/base/clock.hpp"

namespace an::schedulers::profile {

// The mean of the first values, then one that forgets.
void Kinds::Mean::learn(double value) {
  constexpr std::uint32_t kMemory = 64;
  count = std::min(count + 1, kMemory);
  ns += (value - ns) / count;
}

void Kinds::learn(Edge began, Edge ended, double ns) {
  means_[index(began, ended)].learn(ns);
  all_.learn(ns);
}

double Kinds::weight(Edge began, Edge ended) const {
  constexpr double kLeastNs = 0.1;  // a strand takes some time, even if the correction left none
  const Mean& kind = means_[index(began, ended)];
  return std::max(kLeastNs, kind.count > 0 ? kind.ns : all_.ns);
}

Recorder::Recorder(double burden_ns)
    : ns_per_tick_(1000.0 / static_cast<double>(ticks_per_us())), spans_(burden_ns) {
  calibrate();
  restart();
}

void Recorder::enter() noexcept {
  if (depth_++ == 0) {
    restart();
    origin_ = ticks();
  }
}

void Recorder::leave() noexcept {
  if (--depth_ == 0) {
    *next_++ = Mark(Edge::kEnd, kRunGroup);
    look_log_[looks_++] = {next_, ticks()};
    work_out();
  }
}

std::uint32_t Recorder::take_group() {
  if (free_groups_.empty()) {
    return groups_++;
  }
  const std::uint32_t number = free_groups_.back();
  free_groups_.pop_back();
  return number;
}

void Recorder::look() noexcept {
  look_log_[looks_++] = {next_, ticks()};
  if (next_ != marks_.end()) {
    plan_look();
    return;
  }
  work_out();
  restart();
  origin_ = ticks();
}

void Recorder::plan_look() noexcept {
  is_alone_ = batch_ == 1 || !is_alone_;
  const std::uint32_t length = is_alone_ ? 1 : batch_ / 2 + rng_.below(batch_ + 1);
  look_at_ = next_ + std::min<std::ptrdiff_t>(std::max(1U, length), marks_.end() - next_);
}

void Recorder::restart() noexcept {
  next_ = marks_.begin();
  looks_ = 0;
  plan_look();
}

void Recorder::work_out() noexcept {
  const Mark* first = marks_.begin();
  std::uint64_t begin = origin_;
  double corrected_ns = 0;
  for (std::uint32_t i = 0; i < looks_; ++i) {
    const auto [last, end] = look_log_[i];
    const double measured_ns = static_cast<double>(end - begin) * ns_per_tick_;
    const double probe_ns =
        std::min(measured_ns, look_ns_ + mark_ns_ * static_cast<double>(last - first));
    probe_.probe_ns += probe_ns;
    ++probe_.looks;
    work_out_batch(first, last, measured_ns - probe_ns);
    corrected_ns += measured_ns - probe_ns;
    first = last;
    begin = end;
  }
  choose_batch(corrected_ns / static_cast<double>(next_ - marks_.begin()));
}

void Recorder::work_out_batch(const Mark* first, const Mark* last, double ns) noexcept {
  if (last - first == 1) {
    kinds_.learn(began_, first->edge(), ns);
    spans_.add(*first, ns);
    began_ = first->edge();
    return;
  }
  probe_.batched_ns += ns;
  double weights = 0;
  Edge began = began_;
  for (const Mark* mark = first; mark != last; ++mark) {
    weights += kinds_.weight(began, mark->edge());
    began = mark->edge();
  }
  for (const Mark* mark = first; mark != last; ++mark) {
    spans_.add(*mark, ns * kinds_.weight(began_, mark->edge()) / weights);
    began_ = mark->edge();
  }
}

void Recorder::choose_batch(double mean_ns) noexcept {
  mean_ns_ += (mean_ns - mean_ns_) / 2;
  const double wanted = 2 * kLooksAlone * look_ns_ / std::max(mean_ns_, 0.1);  // two reads share it
  batch_ = wanted < 2 ? 1 : static_cast<std::uint32_t>(std::min<double>(wanted, kBatchMax));
}

// Ticks that one mark takes when the clock is first read at `look_at`, and then at every mark.
double Recorder::ticks_of_marks(Mark* look_at) noexcept {
  constexpr std::size_t kCount = kMarksMax - 1;  // one less than would be worked out
  next_ = marks_.begin();
  looks_ = 0;
  batch_ = 1;
  look_at_ = look_at;
  const std::uint64_t begin = ticks();
  for (std::size_t i = 0; i < kCount; ++i) {
    mark(Edge::kFork);
    asm volatile("" ::: "memory");  // what a fork in the program finds: the place is in memory
  }
  return static_cast<double>(ticks() - begin) / kCount;
}

void Recorder::calibrate() noexcept {
  constexpr std::size_t kTries = 101;
  std::array<double, kTries> marks{}, looks{};
  for (std::size_t i = 0; i < kTries; ++i) {
    marks[i] = ticks_of_marks(marks_.end());
    looks[i] = ticks_of_marks(marks_.begin() + 1);
  }
  constexpr std::size_t kMiddle = kTries / 2;
  std::nth_element(marks.begin(), marks.begin() + kMiddle, marks.end());
  std::nth_element(looks.begin(), looks.begin() + kMiddle, looks.end());
  mark_ns_ = marks[kMiddle] * ns_per_tick_;
  look_ns_ = std::max(0.0, looks[kMiddle] - marks[kMiddle]) * ns_per_tick_;
}

}  // namespace an::schedulers::profile
