#include "shadow.h"
#include <cstdlib>
#include <sys/mman.h>

namespace emulator {

/** Pages that are never touched cost nothing, and all is zero at first. */
Cell *Shadow::allocate() const {
    void *cells = mmap(nullptr, byteLength(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (cells == MAP_FAILED) abort();
    return static_cast<Cell *>(cells);
}

void Shadow::prepare(size_t offset, size_t bytes) {
    if (!memory) memory = allocate();
    while ((offset | bytes) & ((1u << shift) - 1)) {
        Cell *coarse = memory;
        size_t count = size >> shift, length = byteLength();
        shift--;
        memory = allocate();
        for (size_t i = 0; i < count; i++)
            if (coarse[i].writer || coarse[i].reader) memory[2 * i] = memory[2 * i + 1] = coarse[i];
        munmap(coarse, length);
    }
}

void Shadow::release() {
    if (memory) munmap(memory, byteLength());
    memory = nullptr;
}

} // namespace emulator
