// A pool with its defaults, one task, waited for:
//
//     const pool = try beat.createPool(allocator);                      an::Runtime pool
//     defer pool.deinit();                                              its destructor
//     try pool.submit(beat.Task{ .func = myWork, .data = &my_data });   pool.submit(Task{my_work, &my_data})
//     pool.wait();                                                      pool.wait()
#include <vector>

#include "core/base/atomic.hpp"
#include "core/runtime/runtime.hpp"
#include "tests/quickstart/check.hpp"

namespace {

// A function and its data is a task like any other callable.
struct Task {
  void (*func)(void* data);
  void* data;

  void operator()() const { func(data); }
};

void my_work(void* data) {
  *static_cast<int*>(data) += 1;
}

}  // namespace

int main() {
  an::Runtime pool;

  int my_data = 41;
  pool.submit(Task{.func = my_work, .data = &my_data});
  pool.wait();
  check(my_data == 42, "the task ran once");

  // "Submit multiple tasks at once when possible."
  std::vector<int> many(1000);
  pool.submit_batch(many.size(), [&many](std::size_t i) { return Task{my_work, &many[i]}; });
  pool.wait();
  check(many == std::vector<int>(1000, 1), "a thousand tasks ran once each");
}
