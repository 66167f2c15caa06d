// Callbacks: what -fsanitize=thread makes of the sources' memory accesses, handed to the execution.
// The signatures are those of the ThreadSanitizer runtime (compiler-rt, tsan_interface.h and
// tsan_interface_atomic.h), which is not linked. Outside of an execution they do what they say.
#include <cstddef>
#include <cstdint>

#include "tests/model/checker/execution.hpp"
#include "tests/model/checker/weaken.hpp"

namespace an::model {

namespace {

std::uint64_t caller(void* address) {
  return reinterpret_cast<std::uint64_t>(address);
}

template <class T>
Operation operation(const T* address, int order, std::uint64_t pc) {
  return {.order = Weaken::the().order_at(pc, static_cast<Order>(order)),
          .bytes = sizeof(T),
          .address = reinterpret_cast<std::uintptr_t>(address),
          .pc = pc};
}

void plain(const void* address, std::size_t bytes, Access access, void* pc) {
  if (Execution::is_inside()) {
    Execution::the().plain(reinterpret_cast<std::uintptr_t>(address), bytes, access, caller(pc));
  }
}

template <class T>
T load(const T* address, int order, void* pc) {
  if (!Execution::is_inside()) {
    return __atomic_load_n(address, __ATOMIC_SEQ_CST);
  }
  return static_cast<T>(Execution::the().load(operation(address, order, caller(pc))));
}

template <class T>
void store(T* address, T value, int order, void* pc) {
  if (!Execution::is_inside()) {
    __atomic_store_n(address, value, __ATOMIC_SEQ_CST);
    return;
  }
  Execution::the().store(operation(address, order, caller(pc)), value);
}

template <class T, class Change>
T update(T* address, int order, void* pc, const Change& change) {
  if (!Execution::is_inside()) {
    const T old = *address;
    *address = change(old);
    return old;
  }
  return static_cast<T>(Execution::the().update(
      operation(address, order, caller(pc)),
      [&](std::uint64_t old) { return static_cast<std::uint64_t>(change(static_cast<T>(old))); }));
}

template <class T>
int compare_exchange(
    T* address, T* expected, T desired, int order, int failure_order, bool is_weak, void* pc) {
  if (!Execution::is_inside()) {
    return __atomic_compare_exchange_n(address, expected, desired, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }
  Operation op = operation(address, order, caller(pc));
  op.failure_order = Weaken::the().failure_order_at(caller(pc), static_cast<Order>(failure_order));
  op.is_weak = is_weak;
  plain(expected, sizeof(T), Access::kRead, pc);
  std::uint64_t found = *expected;
  if (Execution::the().compare_exchange(op, found, desired)) {
    return 1;
  }
  plain(expected, sizeof(T), Access::kWrite, pc);
  *expected = static_cast<T>(found);
  return 0;
}

}  // namespace

}  // namespace an::model

using an::model::Access;
namespace model = an::model;

#define AN_HERE __builtin_return_address(0)

#define AN_PLAIN(bytes)                              \
  void __tsan_read##bytes(void* a) {                 \
    model::plain(a, bytes, Access::kRead, AN_HERE);  \
  }                                                  \
  void __tsan_write##bytes(void* a) {                \
    model::plain(a, bytes, Access::kWrite, AN_HERE); \
  }                                                  \
  void __tsan_unaligned_read##bytes(void* a) {       \
    model::plain(a, bytes, Access::kRead, AN_HERE);  \
  }                                                  \
  void __tsan_unaligned_write##bytes(void* a) {      \
    model::plain(a, bytes, Access::kWrite, AN_HERE); \
  }                                                  \
  void __tsan_volatile_read##bytes(void* a) {        \
    model::plain(a, bytes, Access::kRead, AN_HERE);  \
  }                                                  \
  void __tsan_volatile_write##bytes(void* a) {       \
    model::plain(a, bytes, Access::kWrite, AN_HERE); \
  }

#define AN_UPDATE(bits, name, expression)                                                         \
  std::uint##bits##_t __tsan_atomic##bits##_##name(std::uint##bits##_t* a, std::uint##bits##_t v, \
                                                   int order) {                                   \
    using T = std::uint##bits##_t;                                                                \
    return model::update(a, order, AN_HERE,                                                       \
                         [v]([[maybe_unused]] T old) { return static_cast<T>(expression); });     \
  }

#define AN_ATOMIC(bits)                                                                        \
  std::uint##bits##_t __tsan_atomic##bits##_load(const std::uint##bits##_t* a, int order) {    \
    return model::load(a, order, AN_HERE);                                                     \
  }                                                                                            \
  void __tsan_atomic##bits##_store(std::uint##bits##_t* a, std::uint##bits##_t v, int order) { \
    model::store(a, v, order, AN_HERE);                                                        \
  }                                                                                            \
  AN_UPDATE(bits, exchange, v)                                                                 \
  AN_UPDATE(bits, fetch_add, old + v)                                                          \
  AN_UPDATE(bits, fetch_sub, old - v)                                                          \
  AN_UPDATE(bits, fetch_and, old& v)                                                           \
  AN_UPDATE(bits, fetch_or, old | v)                                                           \
  AN_UPDATE(bits, fetch_xor, old ^ v)                                                          \
  int __tsan_atomic##bits##_compare_exchange_strong(                                           \
      std::uint##bits##_t* a, std::uint##bits##_t* expected, std::uint##bits##_t desired,      \
      int order, int failure) {                                                                \
    return model::compare_exchange(a, expected, desired, order, failure, false, AN_HERE);      \
  }                                                                                            \
  int __tsan_atomic##bits##_compare_exchange_weak(                                             \
      std::uint##bits##_t* a, std::uint##bits##_t* expected, std::uint##bits##_t desired,      \
      int order, int failure) {                                                                \
    return model::compare_exchange(a, expected, desired, order, failure, true, AN_HERE);       \
  }                                                                                            \
  /* Clang's, for weak and strong alike: taken as strong. */                                   \
  std::uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                              \
      std::uint##bits##_t* a, std::uint##bits##_t expected, std::uint##bits##_t desired,       \
      int order, int failure) {                                                                \
    model::compare_exchange(a, &expected, desired, order, failure, false, AN_HERE);            \
    return expected;                                                                           \
  }

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_read(void** a) {
  model::plain(a, 8, Access::kRead, AN_HERE);
}
void __tsan_vptr_update(void** a, void*) {
  model::plain(a, 8, Access::kWrite, AN_HERE);
}
void __tsan_read_range(void* a, std::size_t n) {
  model::plain(a, n, Access::kRead, AN_HERE);
}
void __tsan_write_range(void* a, std::size_t n) {
  model::plain(a, n, Access::kWrite, AN_HERE);
}

AN_PLAIN(1)
AN_PLAIN(2)
AN_PLAIN(4)
AN_PLAIN(8)
AN_PLAIN(16)

AN_ATOMIC(8)
AN_ATOMIC(16)
AN_ATOMIC(32)
AN_ATOMIC(64)

void __tsan_atomic_thread_fence(int order) {
  if (model::Execution::is_inside()) {
    const auto pc = model::caller(AN_HERE);
    model::Execution::the().fence(
        model::Weaken::the().order_at(pc, static_cast<model::Order>(order)), pc);
  }
}
void __tsan_atomic_signal_fence(int) {}

}  // extern "C"
