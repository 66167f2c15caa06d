// core/sync/mpsc_queue.hpp under Relacy: producers and the one consumer.
//
// Required: every node is popped exactly once; each producer's nodes in its order; whoever popped a
// node may change it, free it or push it again at once (a data race or a use after free otherwise);
// the consumer gets all of them without anybody's help (a livelock otherwise).
#include <array>
#include <cstddef>

#include "core/sync/mpsc_queue.hpp"
#include "tests/model/relacy/run.hpp"

namespace an::relacy {
namespace {

struct Node : MpscLink {
  Node(std::size_t by, int the_number) : producer(by), number(the_number) {}

  Plain<int> content{-1};
  std::size_t producer;
  int number;
};

// Thread 0 consumes. `kAgain`: it pushes the first node it gets a second time.
template <int kProducers, int kEach, bool kAgain>
struct Mpsc : rl::test_suite<Mpsc<kProducers, kEach, kAgain>, 1 + kProducers> {
  void thread(unsigned self) {
    if (self == 0) {
      consume();
    } else {
      for (int i = 0; i < kEach; ++i) {
        // Made here: its construction is the producer's to publish.
        auto* node = new Node(self - 1, i);
        node->content.write(i);
        queue.push(node);
      }
    }
  }

  void after() {
    AN_MODEL_REQUIRE(queue.is_empty());
    AN_MODEL_REQUIRE(queue.pop() == nullptr);
  }

  void consume() {
    bool again = kAgain;
    for (int left = kProducers * kEach; left > 0;) {
      Node* node = queue.pop();
      if (node == nullptr) {
        rl::yield(1, info(Place::current()));
        continue;
      }
      AN_MODEL_REQUIRE(node->content.read() == node->number);
      if (again) {
        again = false;
        queue.push(node);
        returned = node;
        continue;
      }
      if (node != returned) {
        AN_MODEL_REQUIRE(node->number >= next[node->producer]);
        next[node->producer] = node->number + 1;
      }
      node->content.write(-1);
      delete node;
      --left;
    }
  }

  Memory memory;
  MpscQueue<Node> queue;
  std::array<int, kProducers> next{};
  Node* returned = nullptr;
};

}  // namespace
}  // namespace an::relacy

int main(int argc, char** argv) {
  using namespace an::relacy;
  return run_shapes(
      argc, argv,
      {shape<Mpsc<1, 2, true>>("one producer, a node twice", full_search()),
       shape<Mpsc<2, 1, false>>("two producers", full_search()),
       shape<Mpsc<2, 2, false>>("two producers, two nodes each", random_search(30'000)),
       shape<Mpsc<2, 2, true>>("two producers, a node twice", random_search(30'000)),
       shape<Mpsc<3, 1, false>>("three producers", random_search(30'000))});
}
