// FutexDriver: the driver of a scheduler without I/O. One token per worker: unpark leaves it, park
// takes it or sleeps.
#pragma once

#include <memory>

#include "core/base/cache_line.hpp"
#include "core/base/futex.hpp"
#include "core/pool/driver.hpp"

namespace an {

class FutexDriver final : public Driver {
 public:
  explicit FutexDriver(std::uint32_t workers)
      : tokens_(std::make_unique<Padded<Atomic<std::uint32_t>>[]>(workers)) {}

  void park(WorkerId self, Deadline until) noexcept override;
  void unpark(WorkerId sleeper) noexcept override;

 private:
  enum Token : std::uint32_t { kNone, kLeft, kAsleep };

  std::unique_ptr<Padded<Atomic<std::uint32_t>>[]> tokens_;
};

}  // namespace an
