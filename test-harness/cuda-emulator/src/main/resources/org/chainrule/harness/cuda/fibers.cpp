#include "fibers.h"
#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>

namespace emulator {

char *Fibers::stacks;

extern "C" void emulator_switch(void **save, void *to);

// Keeps what the calling convention says that a call keeps.
asm(R"(
.text
.globl emulator_switch
.hidden emulator_switch
.type emulator_switch, @function
emulator_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size emulator_switch, . - emulator_switch
)");

size_t Fibers::begin() {
    if (!stacks) {
        void *p = mmap(nullptr, STACK * MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) abort();
        stacks = static_cast<char *>(p);
    }
    size_t fiber;
    if (idle.empty()) {
        fiber = fibers.size();
        if (fiber == MOST) abort();
        fibers.push_back({nullptr, stacks + fiber * STACK});
        mprotect(fibers[fiber].stack, 4096, PROT_NONE);
    } else {
        fiber = idle.back();
        idle.pop_back();
    }
    // as if the body had been called: an address to return to, which it never does, and six registers
    // tops that lay at one distance from each other would share few lines of the cache
    size_t colour = fiber * 832 % (32 << 10) / 64 * 64;
    uintptr_t *top = reinterpret_cast<uintptr_t *>(fibers[fiber].stack + STACK - 64 - colour);
    *--top = 0;
    *--top = reinterpret_cast<uintptr_t>(body);
    for (int i = 0; i < 6; i++) *--top = 0;
    fibers[fiber].pointer = top;
    return fiber;
}

void Fibers::enter(size_t fiber) { emulator_switch(&host, fibers[fiber].pointer); }

void Fibers::leave(size_t fiber) { emulator_switch(&fibers[fiber].pointer, host); }

void Fibers::endAll() {
    idle.clear();
    for (size_t i = 0; i < fibers.size(); i++) idle.push_back(i);
}

} // namespace emulator
