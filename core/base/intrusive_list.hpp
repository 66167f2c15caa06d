// Lists whose links live in the elements: no allocation, O(1) unlink. Neither owns its elements,
// and neither is thread-safe.
#pragma once

#include <cstddef>

#include "core/base/assert.hpp"

namespace an {

// A base class for elements of IntrusiveList. An element is in at most one list.
struct ListLink {
  ListLink* previous = nullptr;
  ListLink* next = nullptr;

  bool is_linked() const noexcept { return next != nullptr; }
};

// A circular doubly linked list with a sentinel. T derives from ListLink.
// I1: the sentinel is always linked, so neither insert nor unlink branches.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() noexcept {
    sentinel_.previous = &sentinel_;
    sentinel_.next = &sentinel_;
  }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  bool is_empty() const noexcept { return sentinel_.next == &sentinel_; }

  // Appends `element`, which is in no list. O(1).
  void push_back(T& element) noexcept {
    ListLink& link = element;
    AN_DCHECK(!link.is_linked());
    link.previous = sentinel_.previous;
    link.next = &sentinel_;
    sentinel_.previous->next = &link;
    sentinel_.previous = &link;
  }

  // The oldest element, or null when empty. O(1).
  T* front() noexcept { return is_empty() ? nullptr : static_cast<T*>(sentinel_.next); }

  // The element after `element`, or null at the end. O(1).
  T* after(T& element) noexcept {
    ListLink* next = static_cast<ListLink&>(element).next;
    return next == &sentinel_ ? nullptr : static_cast<T*>(next);
  }

  // Removes `element`, which is in this list. O(1).
  static void unlink(T& element) noexcept {
    ListLink& link = element;
    AN_DCHECK(link.is_linked());
    link.previous->next = link.next;
    link.next->previous = link.previous;
    link.previous = nullptr;
    link.next = nullptr;
  }

 private:
  ListLink sentinel_;
};

// A singly linked first-in first-out queue of elements with a member `T* next`.
template <class T>
class IntrusiveQueue {
 public:
  bool is_empty() const noexcept { return head_ == nullptr; }
  std::size_t size() const noexcept { return size_; }

  // Appends `element`. O(1).
  void push(T& element) noexcept {
    element.next = nullptr;
    if (tail_ == nullptr) {
      head_ = &element;
    } else {
      tail_->next = &element;
    }
    tail_ = &element;
    ++size_;
  }

  // Takes the oldest element, or null when empty. O(1).
  T* pop() noexcept {
    T* element = head_;
    if (element == nullptr) {
      return nullptr;
    }
    head_ = element->next;
    if (head_ == nullptr) {
      tail_ = nullptr;
    }
    --size_;
    return element;
  }

 private:
  T* head_ = nullptr;
  T* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace an
