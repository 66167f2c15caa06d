// Litmus tests of what the checker cannot produce, though C++ allows it. Here so that a change of it is
// noticed.
#include "core/base/atomic.hpp"
#include "tests/model/checker/model.hpp"
#include "tests/model/models/litmus.hpp"

namespace an::model {

// What C++ allows and this checker cannot produce, because modification order is the order of
// execution: 11 of load buffering, 11 of 2+2W. Here so that a change of it is noticed.
AN_MODEL(lb_relaxed_is_not_complete, {.outcomes = "00 01 10"}) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      a = x.load(kRlx);
      y.store(1, kRlx);
    });
    const Thread two("two", [&] {
      b = y.load(kRlx);
      x.store(1, kRlx);
    });
  }
  outcome(digits({a, b}));
}
AN_MODEL(two_plus_two_w_is_not_complete, {.outcomes = "12 21 22"}) {
  Atomic<int> x = 0, y = 0;
  {
    const Thread one("one", [&] {
      x.store(1, kRlx);
      y.store(2, kRlx);
    });
    const Thread two("two", [&] {
      y.store(1, kRlx);
      x.store(2, kRlx);
    });
  }
  outcome(digits({x.load(kRlx), y.load(kRlx)}));
}

// And 10 of this: a relaxed load may be satisfied after the seq_cst load behind it.
AN_MODEL(load_before_seq_cst_is_not_complete, {.outcomes = "00 01 11"}) {
  Atomic<int> x = 0, y = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      a = x.load(kRlx);
      b = y.load(kSc);
    });
    const Thread two("two", [&] {
      y.store(1, kSc);
      x.store(1, kSc);
    });
  }
  outcome(digits({a, b}));
}

// The consumer's exchange of the data reads what was last stored: 10 is missing, so that a release that is
// missing goes unseen where the data is taken by an exchange.
AN_MODEL(mp_exchange_is_not_complete, {.outcomes = "00 01 11"}) {
  Atomic<int> data = 0, flag = 0;
  int a = 0, b = 0;
  {
    const Thread one("one", [&] {
      data.store(1, kRlx);
      flag.store(1, kRlx);
    });
    const Thread two("two", [&] {
      a = flag.load(kRlx);
      b = data.fetch_add(1, kRlx);
    });
  }
  outcome(digits({a, b}));
}
// S: 12 is missing, the store of one after that of two.
AN_MODEL(s_is_not_complete, {.outcomes = "01 02 11"}) {
  Atomic<int> x = 0, y = 0;
  int r = 0;
  {
    const Thread one("one", [&] {
      x.store(2, kRlx);
      y.store(1, kRlx);
    });
    const Thread two("two", [&] {
      r = y.load(kRlx);
      x.store(1, kRlx);
    });
  }
  outcome(digits({r, x.load(kRlx)}));
}

}  // namespace an::model
