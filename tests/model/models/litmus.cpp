// The checker's memory model, shape by shape: exactly the outcomes that C++ allows, less those that it
// says it cannot produce. The names are those of the herd literature (J. Alglave, L. Maranget, M.
// Tautschnig, "Herding cats", TOPLAS 2014). An outcome is what the loads returned, in program order.
#include <string>

#include "core/base/atomic.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/litmus.hpp"

namespace an::model {

namespace {

// SB: each stores one location and loads the other.
template <class Between>
void store_buffering(std::memory_order stores, std::memory_order loads, const Between& between) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      x.store(1, stores);
      between(0);
      a = y.load(loads);
    });
    const Thread two("two", [&] {
      y.store(1, stores);
      between(1);
      b = x.load(loads);
    });
  }
  outcome(digits({a, b}));
}
const auto nothing = [](int /*thread*/) {};

// MP: one stores data and a flag, the other loads flag and data.
template <class BeforeFlag, class AfterFlag>
void message_passing(std::memory_order store,
                     std::memory_order load,
                     const BeforeFlag& before_flag,
                     const AfterFlag& after_flag) {
  Atomic<int> data = 0, flag = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      data.store(1, kRlx);
      before_flag();
      flag.store(1, store);
    });
    const Thread two("two", [&] {
      a = flag.load(load);
      after_flag();
      b = data.load(kRlx);
    });
  }
  outcome(digits({a, b}));
}

// WRC: one stores x; two reads it and stores y; three reads y, then x.
void write_to_read(std::memory_order store, std::memory_order load) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0, c = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    const Thread two("two", [&] {
      a = x.load(kRlx);
      y.store(a, store);
    });
    const Thread three("three", [&] {
      b = y.load(load);
      c = x.load(kRlx);
    });
  }
  outcome(digits({a, b, c}));
}

// IRIW: two writers, two readers that may disagree about the order.
void independent_reads(std::memory_order store, std::memory_order load) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0, c = 0, d = 0;
  {
    const Thread one("one", [&] { x.store(1, store); });
    const Thread two("two", [&] { y.store(1, store); });
    const Thread three("three", [&] {
      a = x.load(load);
      b = y.load(load);
    });
    const Thread four("four", [&] {
      c = y.load(load);
      d = x.load(load);
    });
  }
  outcome(digits({a, b, c, d}));
}

// A release sequence: head released by one, continued by `two`, read by three.
template <class Continue>
void release_sequence(const Continue& go_on) {
  Atomic<int> data = 0, flag = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      data.store(1, kRlx);
      flag.store(1, kRel);
    });
    const Thread two("two", [&] { go_on(flag); });
    const Thread three("three", [&] {
      a = flag.load(kAcq);
      b = data.load(kRlx);
    });
  }
  outcome(digits({a, b}));
}

}  // namespace

AN_MODEL(sb_relaxed, {.outcomes = "00 01 10 11"}) {
  store_buffering(kRlx, kRlx, nothing);
}
AN_MODEL(sb_release_acquire, {.outcomes = "00 01 10 11"}) {
  store_buffering(kRel, kAcq, nothing);
}
AN_MODEL(sb_seq_cst, {.outcomes = "01 10 11"}) {
  store_buffering(kSc, kSc, nothing);
}
AN_MODEL(sb_seq_cst_stores, {.outcomes = "00 01 10 11"}) {
  store_buffering(kSc, kRlx, nothing);
}
AN_MODEL(sb_seq_cst_fences, {.outcomes = "01 10 11"}) {
  store_buffering(kRlx, kRlx, [](int) { std::atomic_thread_fence(kSc); });
}
AN_MODEL(sb_one_fence, {.outcomes = "00 01 10 11"}) {
  store_buffering(kRlx, kRlx, [](int thread) {
    if (thread == 0) {
      std::atomic_thread_fence(kSc);
    }
  });
}
AN_MODEL(sb_acq_rel_fences, {.outcomes = "00 01 10 11"}) {
  store_buffering(kRlx, kRlx, [](int) { std::atomic_thread_fence(kAcqRel); });
}
AN_MODEL(sb_asymmetric_barriers, {.outcomes = "01 10 11"}) {
  store_buffering(kRlx, kRlx, [](int thread) { thread == 0 ? heavy_barrier() : light_barrier(); });
}
AN_MODEL(sb_light_barriers, {.outcomes = "00 01 10 11"}) {
  store_buffering(kRlx, kRlx, [](int) { light_barrier(); });
}

AN_MODEL(mp_relaxed, {.outcomes = "00 01 10 11"}) {
  message_passing(
      kRlx, kRlx, [] {}, [] {});
}
AN_MODEL(mp_release_relaxed, {.outcomes = "00 01 10 11"}) {
  message_passing(
      kRel, kRlx, [] {}, [] {});
}
AN_MODEL(mp_relaxed_acquire, {.outcomes = "00 01 10 11"}) {
  message_passing(
      kRlx, kAcq, [] {}, [] {});
}
AN_MODEL(mp_release_acquire, {.outcomes = "00 01 11"}) {
  message_passing(
      kRel, kAcq, [] {}, [] {});
}
AN_MODEL(mp_fences, {.outcomes = "00 01 11"}) {
  message_passing(
      kRlx, kRlx, [] { std::atomic_thread_fence(kRel); }, [] { std::atomic_thread_fence(kAcq); });
}
AN_MODEL(mp_release_fence_only, {.outcomes = "00 01 10 11"}) {
  message_passing(
      kRlx, kRlx, [] { std::atomic_thread_fence(kRel); }, [] {});
}

AN_MODEL(corr, {.outcomes = "00 01 02 11 12 22"}) {
  Atomic<int> x = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      x.store(1, kRlx);
      x.store(2, kRlx);
    });
    const Thread two("two", [&] {
      a = x.load(kRlx);
      b = x.load(kRlx);
    });
  }
  outcome(digits({a, b}));
}

// Two readers agree about the order of two writes to one location.
AN_MODEL(corr_two_readers, {.outcomes = "agree"}) {
  Atomic<int> x = 0;
  int a = 0, b = 0, c = 0, d = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    const Thread two("two", [&] { x.store(2, kRlx); });
    const Thread three("three", [&] {
      a = x.load(kRlx);
      b = x.load(kRlx);
    });
    const Thread four("four", [&] {
      c = x.load(kRlx);
      d = x.load(kRlx);
    });
  }
  outcome(a == 1 && b == 2 && c == 2 && d == 1 ? "disagree" : "agree");
}

AN_MODEL(cowr, {.outcomes = "1 2"}) {
  Atomic<int> x = 0;
  int a = 0;
  {
    const Thread one("one", [&] {
      x.store(1, kRlx);
      a = x.load(kRlx);
    });
    const Thread two("two", [&] { x.store(2, kRlx); });
  }
  outcome(digits({a}));
}

AN_MODEL(wrc_relaxed, {.outcomes = "000 001 100 101 110 111"}) {
  write_to_read(kRlx, kRlx);
}
// The read of x by two is relaxed, but coherence obliges three: what happens before its load has read x.
AN_MODEL(wrc_release_acquire, {.outcomes = "000 001 100 101 111"}) {
  write_to_read(kRel, kAcq);
}

AN_MODEL(iriw_release_acquire,
         {.outcomes =
              "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1010 1011 1100 1101 1110 1111"}) {
  independent_reads(kRel, kAcq);
}
AN_MODEL(
    iriw_seq_cst,
    {.outcomes = "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 1101 1110 1111"}) {
  independent_reads(kSc, kSc);
}

// Loads alone are in S: the readers may not disagree, whatever the stores are.
AN_MODEL(
    iriw_seq_cst_loads,
    {.outcomes = "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 1101 1110 1111"}) {
  independent_reads(kRlx, kSc);
}
// Who reads behind a fence is obliged by a load before it in S: by two's of x, if y came to two before
// three's store.
AN_MODEL(seq_cst_load_before_a_fence, {.outcomes = "agree"}) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0, c = 0;
  {
    const Thread one("one", [&] { x.store(1, kRlx); });
    const Thread two("two", [&] {
      a = x.load(kSc);
      b = y.load(kSc);
    });
    const Thread three("three", [&] {
      y.store(1, kRlx);
      std::atomic_thread_fence(kSc);
      c = x.load(kRlx);
    });
  }
  outcome(a == 1 && b == 0 && c == 0 ? "disagree" : "agree");
}

AN_MODEL(sequence_by_exchange, {.outcomes = "00 01 11 20 21 31"}) {
  release_sequence([](Atomic<int>& flag) { flag.fetch_add(2, kRlx); });
}
AN_MODEL(sequence_broken_by_store, {.outcomes = "00 01 11 20 21"}) {
  release_sequence([](Atomic<int>& flag) { flag.store(2, kRlx); });
}

// A strong compare-exchange does not fail without a reason, a weak one may.
AN_MODEL(strong_exchange, {.outcomes = "1"}) {
  Atomic<int> x = 0;
  int expected = 0;
  outcome(digits({x.compare_exchange_strong(expected, 1, kRlx, kRlx)}));
}
AN_MODEL(weak_exchange, {.outcomes = "0 1"}) {
  Atomic<int> x = 0;
  int expected = 0;
  outcome(digits({x.compare_exchange_weak(expected, 1, kRlx, kRlx)}));
}

// What a weak one reads when it fails for no reason may be an older store of the same value.
AN_MODEL(weak_exchange_fails_on_what_is_stale, {.outcomes = "00 01 11"}) {
  Atomic<int> x = 0, y = 0, z = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      y.store(1, kRlx);
      x.store(1, kRlx);
      x.store(0, kRel);
      z.store(1, kRlx);
    });
    const Thread two("two", [&] {
      int expected = 0;
      if (z.load(kRlx) == 1 && !x.compare_exchange_weak(expected, 2, kAcq, kAcq) && expected == 0) {
        a = y.load(kRlx);
        b = 1;
      }
    });
  }
  outcome(digits({a, b}));
}

}  // namespace an::model
