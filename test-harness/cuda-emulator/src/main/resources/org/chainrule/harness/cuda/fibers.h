// Fibers: stacks that a thread of the host switches between.
#pragma once
#include <cstddef>
#include <vector>

namespace emulator {

class Fibers {
  public:
    /** Runs `body` on a stack of its own until it switches back. */
    explicit Fibers(void (*body)()) : body(body) {}

    /** Makes a fiber that begins with the body. */
    size_t begin();
    void end(size_t fiber) { idle.push_back(fiber); }
    /** From the host's stack to the fiber's, until that switches back. */
    void enter(size_t fiber);
    /** From the fiber's stack back to the host's. */
    void leave(size_t fiber);
    /** Drops what fibers were at. */
    void endAll();

    bool isOnStack(const void *p) const { return static_cast<size_t>(static_cast<const char *>(p) - stacks) < STACK * MOST; }

  private:
    static constexpr size_t STACK = 128 << 10;
    /** All stacks lie in one range, so that a glance tells an address on one of them. */
    static constexpr size_t MOST = 1100;
    static char *stacks;
    struct Fiber {
        void *pointer;
        char *stack;
    };
    void (*body)();
    void *host = nullptr;
    std::vector<Fiber> fibers;
    std::vector<size_t> idle;
};

} // namespace emulator
