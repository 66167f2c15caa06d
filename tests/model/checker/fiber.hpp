// Fiber: a stack of its own for each thread of a model, and the switch between them. All fibers run
// on the one thread of the process.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>

namespace an::model {

class Fiber {
 public:
  // Gets its stack, which outlives every run of the fiber.
  void use_stack(std::byte* stack, std::size_t bytes) {
    stack_ = stack;
    bytes_ = bytes;
  }
  // The next switch to it runs entry(argument), which must not return.
  void start(void (*entry)(int argument), int argument);

  // Continues `to` in place of `from`, until somebody switches back.
  static void switch_from_to(Fiber& from, Fiber& to);

 private:
  static void trampoline(unsigned high, unsigned low);
  [[noreturn]] void resume();

  // What the C++ runtime keeps per thread about exceptions in flight.
  struct Exceptions {
    void* caught = nullptr;
    unsigned uncaught = 0;
  };

  std::byte* stack_ = nullptr;
  std::size_t bytes_ = 0;
  void (*entry_)(int) = nullptr;
  int argument_ = 0;
  bool is_fresh_ = false;
  std::jmp_buf context_;
  Exceptions exceptions_;
};

}  // namespace an::model
