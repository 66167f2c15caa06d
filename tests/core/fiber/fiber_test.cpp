#include "core/fiber/fiber.hpp"

#include <gtest/gtest.h>

#include <array>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/thread.hpp"
#include "core/fiber/fiber_store.hpp"

namespace an {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;

// Strands that go back and forth between their body and whoever runs them.
class Strand {
 public:
  // The body gets a function that suspends it.
  using Body = std::function<void(const std::function<void()>& pause)>;

  Strand(FiberStore& store, Body body) : shelf_(store), body_(std::move(body)) {}

  // Starts the body, or goes on with it, on the calling thread, until it pauses or ends.
  void run() {
    Fiber here;
    loop_ = &here;
    if (fiber_ == nullptr) {
      fiber_ = &shelf_.take();
      if (start(here, *fiber_, &enter, this, Exceptions::of_this_thread()) == Back::kReturned) {
        shelf_.put(*fiber_);
      }
    } else {
      suspend(here, *fiber_);
    }
  }

  bool has_ended() const { return has_ended_; }

 private:
  static void enter(void* self, void* fiber) {
    static_cast<Strand*>(self)->body(*static_cast<Fiber*>(fiber));
  }

  void body(Fiber& mine) {
    begin(mine);
    body_([&] { suspend(mine, *loop_); });
    has_ended_ = true;
    if (mine.has_left) {
      shelf_.put_left(mine);
      leave_for(mine, *loop_);
    }
    end(mine, *loop_);
  }

  FiberStore::Shelf shelf_;
  Body body_;
  Fiber* fiber_ = nullptr;
  Fiber* loop_ = nullptr;
  bool has_ended_ = false;
};

TEST(Fiber, ReturnsToWhoeverStartedIt) {
  FiberStore store(kStackBytes);
  int ran = 0;
  Strand strand(store, [&](const auto&) { ++ran; });
  strand.run();
  EXPECT_TRUE(strand.has_ended());
  EXPECT_EQ(ran, 1);
}

TEST(Fiber, GoesOnWhereItWasSuspendedWithItsLocals) {
  FiberStore store(kStackBytes);
  std::vector<int> seen;
  Strand strand(store, [&](const auto& pause) {
    std::array<int, 100> locals{};
    double factor = 1.5;
    for (int i = 0; i < 5; ++i) {
      locals[static_cast<std::size_t>(i)] = i;
      factor *= 2;
      pause();
      seen.push_back(locals[static_cast<std::size_t>(i)] + static_cast<int>(factor));
    }
  });
  for (int i = 0; i < 5; ++i) {
    strand.run();
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(i));
  }
  strand.run();
  EXPECT_TRUE(strand.has_ended());
  EXPECT_EQ(seen, (std::vector<int>{3, 7, 14, 27, 52}));
}

TEST(Fiber, GoesOnOnAnotherThread) {
  FiberStore store(kStackBytes);
  std::vector<std::string> seen;
  Strand strand(store, [&](const auto& pause) {
    const std::string mine(1000, 'x');
    for (int i = 0; i < 10; ++i) {
      seen.push_back(mine);
      pause();
    }
  });
  for (int i = 0; i < 11; ++i) {
    Thread("other", [&] { strand.run(); }).join();
  }
  EXPECT_TRUE(strand.has_ended());
  EXPECT_EQ(seen, std::vector<std::string>(10, std::string(1000, 'x')));
}

TEST(Fiber, AnExceptionIsThrownAndCaughtInside) {
  FiberStore store(kStackBytes);
  std::string caught;
  Strand strand(store, [&](const auto& pause) {
    pause();
    try {
      throw std::runtime_error("inside");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  });
  strand.run();
  strand.run();
  EXPECT_EQ(caught, "inside");
}

// Two strands are suspended while each handles an exception, and go on in the order in which they
// came, each on a thread that has handled other ones: the handled exceptions are not a stack.
TEST(Fiber, MayBeSuspendedInACatchBlock) {
  FiberStore store(kStackBytes);
  std::vector<std::string> seen;
  const auto handler = [&](const char* name) {
    return [&seen, name](const auto& pause) {
      try {
        throw std::runtime_error(name);
      } catch (...) {
        pause();
        try {
          throw;  // what this strand handles, whatever the thread handles
        } catch (const std::runtime_error& error) {
          seen.emplace_back(error.what());
        }
      }
      EXPECT_EQ(std::current_exception(), nullptr);
    };
  };
  Strand first(store, handler("first"));
  Strand second(store, handler("second"));
  try {
    throw std::runtime_error("thread");
  } catch (const std::runtime_error&) {
    first.run();
    second.run();
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    Thread("other", [&] {
      first.run();
      EXPECT_EQ(std::current_exception(), nullptr) << "the strand took its own along";
    }).join();
    second.run();
    try {
      throw;
    } catch (const std::runtime_error& error) {
      seen.emplace_back(error.what());
    }
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"first", "second", "thread"}));
  EXPECT_EQ(std::current_exception(), nullptr);
}

TEST(Fiber, MayBeSuspendedByADestructorDuringUnwinding) {
  FiberStore store(kStackBytes);
  int in_flight_inside = -1;
  Strand strand(store, [&](const auto& pause) {
    struct Pauses {
      ~Pauses() {
        pause();
        in_flight = std::uncaught_exceptions();
      }
      const std::function<void()>& pause;
      int& in_flight;
    };
    try {
      const Pauses pauses{pause, in_flight_inside};
      throw std::runtime_error("unwinding");
    } catch (const std::runtime_error&) {
    }
  });
  strand.run();
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  Thread("other", [&] { strand.run(); }).join();
  EXPECT_TRUE(strand.has_ended());
  EXPECT_EQ(in_flight_inside, 1);
}

// What the starting thread handles is not seen inside, and is there again afterwards.
TEST(Fiber, DoesNotSeeWhatItsStarterHandles) {
  FiberStore store(kStackBytes);
  try {
    throw 1;
  } catch (int) {
    Strand strand(store, [](const auto&) { EXPECT_EQ(std::current_exception(), nullptr); });
    strand.run();
    EXPECT_NE(std::current_exception(), nullptr);
  }
}

}  // namespace
}  // namespace an
