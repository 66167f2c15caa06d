// Explorer: which execution comes next. An execution is a sequence of choices, of the thread that
// goes on and of the message a load reads; the explorer replays a prefix and takes the next branch.
//
// Depth-first, with sleep sets when the number of preemptions is not bounded (P. Godefroid, "Partial-
// order methods for the verification of concurrent systems", LNCS 1032, 1996), without them when it
// is (M. Musuvathi, S. Qadeer, "Iterative context bounding", PLDI 2007; the two do not combine
// soundly). Or at random with priorities (S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatti, "A
// randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010).
//
// I1: two executions with the same choices are the same.
// I2: a choice is recorded if there was more than one option before any reduction, as the number of
//     the thread or of the option: a recorded execution replays under any strategy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/rng.hpp"
#include "tests/model/checker/clock.hpp"

namespace an::model {

using ThreadSet = std::uint32_t;  // bit t: thread t

struct Strategy {
  enum class Kind { kDepthFirst, kRandom, kReplay };

  Kind kind = Kind::kDepthFirst;
  int preemptions = -1;    // depth-first: at most so many per execution; -1: any number
  std::uint64_t seed = 1;  // random
  int changes = 3;         // random: points at which priorities change
  std::vector<std::uint8_t> replay;
};

struct Explored {
  ThreadSet done = 0;
  ThreadSet spins = 0;  // of those: who may spin after its operation here
};

class Explorer {
 public:
  explicit Explorer(Strategy strategy);

  // Begins the next execution.
  void begin();
  // The execution is over. Whether there is another.
  bool next();

  // One of `enabled`, not empty. `current` goes on unless preempted, if it is one of them; -1: nobody.
  // A thread in `asleep` need not be taken, but -1 is returned if there is no other: the rest of this
  // execution is like one explored already. `before`, out: the threads explored here before.
  int choose_thread(ThreadSet enabled, ThreadSet asleep, int current, Explored* before);
  // The thread chosen last will spin when its operation is done.
  void will_spin();
  // One of 0 .. options-1; of the first 31 when there are more.
  std::uint32_t choose(std::uint32_t options);

  bool uses_sleep_sets() const {
    return strategy_.kind == Strategy::Kind::kDepthFirst && strategy_.preemptions < 0;
  }

  // Whether some choice had more options than are told apart.
  bool was_cut() const { return was_cut_; }

  // Whether the execution that was replayed had the choices it was given, and no more.
  bool fits() const { return !is_misfit_ && depth_ == strategy_.replay.size(); }

  // The choices of this execution so far, to be given to parse_choices() one day.
  std::string choices() const;
  std::vector<std::uint8_t> taken() const;

 private:
  struct Node {
    ThreadSet left;  // options not yet explored, of threads or numbers below 32
    Explored explored;
    std::uint8_t taken;
    bool is_thread;
  };

  int random_thread(ThreadSet enabled);
  std::uint8_t push(ThreadSet options, std::uint8_t first, bool is_thread);

  Strategy strategy_;
  std::vector<Node> nodes_;
  std::size_t depth_ = 0;
  bool was_cut_ = false;
  bool is_misfit_ = false;
  int preemptions_ = 0;
  Rng rng_;
  std::vector<std::uint64_t> priorities_;
  std::vector<std::uint64_t> change_at_;
  std::uint64_t thread_choices_ = 0;
  std::uint64_t thread_choices_most_ = 64;
};

// "1*3.0.2*12" and back. Throws an::Error when the text is no such string.
std::string print_choices(const std::vector<std::uint8_t>& choices);
std::vector<std::uint8_t> parse_choices(const std::string& text);

}  // namespace an::model
