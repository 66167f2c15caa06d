#include "schedulers/heartbeat/timer_beat.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/backoff.hpp"
#include "core/base/error.hpp"
#include "core/base/local.hpp"

namespace an::schedulers::heartbeat {

// What a handler reaches. See I1.
struct SignalSlot {
  Atomic<stealing::Attention*> word = nullptr;
  Atomic<std::uint32_t> inside = 0;
};

namespace {

// Far from the first, which libraries like to take.
constexpr int kFromLast = 3;

// Slots that nobody uses. They outlive everything: signals may come until the process ends.
struct FreeSlots {
  std::mutex turn;
  std::vector<SignalSlot*> slots;

  SignalSlot* take() {
    const std::lock_guard lock(turn);
    if (slots.empty()) {
      return new SignalSlot;
    }
    SignalSlot* slot = slots.back();
    slots.pop_back();
    return slot;
  }
  void give_back(SignalSlot* slot) {
    const std::lock_guard lock(turn);
    slots.push_back(slot);
  }
};

FreeSlots& free_slots() {
  static auto* const kAll = new FreeSlots;
  return *kAll;
}

void on_signal(int /*number*/, siginfo_t* info, void* /*context*/) noexcept {
  if (info->si_code != SI_TIMER) {
    return;  // not one of our timers
  }
  auto* slot = static_cast<SignalSlot*>(info->si_value.sival_ptr);
  // (B1) seq_cst; pairs with (B4): either detach() waits for this handler, or (B2) finds no word.
  slot->inside.fetch_add(1, kSeqCst);
  // (B2) seq_cst; pairs with (B3): see (B1).
  stealing::Attention* word = slot->word.load(kSeqCst);
  if (word != nullptr) {
    word->ring();
  }
  // (B5) release; pairs with (B4): whoever frees the word comes after the ring.
  slot->inside.fetch_sub(1, kRelease);
}

void detach(SignalSlot& slot) noexcept {
  // (B3) seq_cst; pairs with (B2): see (B1).
  slot.word.store(nullptr, kSeqCst);
  // (B4) seq_cst; pairs with (B1), (B5): see there.
  while (slot.inside.load(kSeqCst) != 0) {
    cpu_yield();
  }
}

void install_handler() {
  const int number = TimerBeat::signal_number();
  struct sigaction before {};
  ::sigaction(number, nullptr, &before);
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction == &on_signal) {
    return;
  }
  if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) {
    throw Error(
        "heartbeat.beat=signal: signal " + std::to_string(number) + " has a handler already",
        "Another library of this process uses it", "Use --set heartbeat.beat=ticker");
  }
  struct sigaction action {};
  action.sa_sigaction = &on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigfillset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

// A disarmed timer whose signal goes to the calling thread. Returns 0, or the error's number.
int create_timer(SignalSlot* slot, timer_t& id) noexcept {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = TimerBeat::signal_number();
  event.sigev_value.sival_ptr = slot;
  event._sigev_un._tid = ::gettid();  // glibc has no other name for it
  return ::timer_create(CLOCK_MONOTONIC, &event, &id) == 0 ? 0 : errno;
}

// A number for the calling thread that no other ever has.
std::uint64_t this_thread() noexcept {
  struct ThreadTag;
  static Atomic<std::uint64_t> threads = 0;
  std::uint64_t& number = Local<ThreadTag, std::uint64_t>::get();
  if (number == 0) {
    number = threads.fetch_add(1, kStat) + 1;
  }
  return number;
}

}  // namespace

TimerBeat::TimerBeat(std::uint32_t workers, Nanos beat_ns)
    : workers_(workers), timers_(std::make_unique<Timer[]>(workers)) {
  beat_.it_value.tv_sec = static_cast<time_t>(beat_ns / 1'000'000'000);
  beat_.it_value.tv_nsec = static_cast<long>(beat_ns % 1'000'000'000);
  timer_t probe{};
  const int failure = create_timer(nullptr, probe);
  if (failure != 0) {
    throw Error(
        "heartbeat.beat=signal: timer_create: " + std::generic_category().message(failure),
        failure == EAGAIN
            ? "The user's limit of pending signals (`ulimit -i`), which counts timers, is used up"
            : "The container or its seccomp profile forbids timers",
        "Use --set heartbeat.beat=ticker");
  }
  ::timer_delete(probe);
  {
    const std::lock_guard lock(free_slots().turn);
    install_handler();
  }
  for (WorkerId id = 0; id < workers_; ++id) {
    timers_[id].slot = free_slots().take();
  }
}

TimerBeat::~TimerBeat() {
  stop();
  for (WorkerId id = 0; id < workers_; ++id) {
    if (timers_[id].thread != 0) {
      ::timer_delete(timers_[id].id);
    }
    free_slots().give_back(timers_[id].slot);
  }
}

void TimerBeat::add(WorkerId self, stealing::Attention& word) {
  timers_[self].word = &word;
  // (B6) release; pairs with (B2): the word itself.
  timers_[self].slot->word.store(&word, kRelease);
}

void TimerBeat::enter(WorkerId self) noexcept {
  if (timers_[self].thread != this_thread()) {
    timers_[self].word->ring();
  }
}

std::int64_t TimerBeat::next_look(WorkerId self, std::int64_t polls) noexcept {
  Timer& timer = timers_[self];
  if (!is_ready(timer)) {
    return polls;
  }
  timer.word->rest();
  // (B7) seq_cst; pairs with (B8): either this sees the stop, or stop() sets the word after it was
  // cleared.
  if (has_stopped_.load(kSeqCst) || ::timer_settime(timer.id, 0, &beat_, nullptr) != 0) {
    timer.word->ask();
    return polls;
  }
  return 1;
}

void TimerBeat::stop() noexcept {
  // (B8) seq_cst; pairs with (B7): see there.
  if (has_stopped_.exchange(true, kSeqCst)) {
    return;
  }
  for (WorkerId id = 0; id < workers_; ++id) {
    detach(*timers_[id].slot);
    if (timers_[id].word != nullptr) {
      timers_[id].word->ask();
    }
  }
}

bool TimerBeat::is_ready(Timer& timer) noexcept {
  const std::uint64_t caller = this_thread();
  if (timer.thread == caller) {
    return true;
  }
  if (timer.thread != 0) {
    ::timer_delete(timer.id);
    timer.thread = 0;
  }
  sigset_t beats;
  ::sigemptyset(&beats);
  ::sigaddset(&beats, signal_number());
  // A thread inherits what its maker had blocked.
  if (::pthread_sigmask(SIG_UNBLOCK, &beats, nullptr) != 0 ||
      create_timer(timer.slot, timer.id) != 0) {
    return false;
  }
  timer.thread = caller;
  return true;
}

int TimerBeat::signal_number() noexcept {
  return SIGRTMAX - kFromLast;
}

}  // namespace an::schedulers::heartbeat
