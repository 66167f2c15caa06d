// What a work-stealing deque is. The owner and the thieves hold different types, so that a thief
// cannot even name push.
#pragma once

#include <concepts>

namespace an {

// One attempt to steal: an item, nothing there, or another thief (or the owner) was faster.
enum class StealResult { kStolen, kEmpty, kLost };

template <class T>
struct Steal {
  StealResult result;
  T* item;  // null unless stolen
};

// What a fork and its join need: the owner pushes and takes back at one end, last in first out.
template <class D>
concept BranchDeque = requires(typename D::Owner& owner, typename D::Item* item) {
  { owner.push(item) } -> std::same_as<void>;
  { owner.take_back() } -> std::same_as<bool>;
};

// The owner pushes and pops at one end, last in first out, from one thread at a time; thieves take
// the oldest item from the other end, any number at once. Every item is taken exactly once.
//   push(item)     never fails; grows when full. O(1) amortised
//   pop()          the youngest item, or null
//   take_back()    pop() for an owner that knows what it pushed last: whether that was still there
//   steal()        one attempt; lock-free
//   is_empty()     a guess; exact only when nobody else acts
template <class D>
concept WorkDeque = BranchDeque<D> && std::derived_from<typename D::Owner, typename D::Thief> &&
    requires(typename D::Owner& owner, typename D::Thief& thief) {
  { owner.pop() } -> std::same_as<typename D::Item*>;
  { thief.steal() } -> std::same_as<Steal<typename D::Item>>;
  { thief.is_empty() } -> std::same_as<bool>;
};

}  // namespace an
