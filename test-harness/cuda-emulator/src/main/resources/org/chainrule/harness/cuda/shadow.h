// What is known of each piece of memory: who wrote it last and who read it last.
#pragma once
#include "emulator.h"

namespace emulator {

/**
 * Who touches memory.
 *
 * @param run    the number of the operation, for shared memory that of the block's run; never 0
 * @param thread block * 1024 + thread of the block
 * @param epoch  how often its block waited at a barrier and its warp together, so that what lies before is told from what is beside
 */
struct Actor {
    uint32_t run, thread;
    uint16_t barriers, warpBarriers;
};

enum class Access { READ, WRITE, ATOMIC };

/** A granule of memory. Memory that was never written has no writer. */
struct Cell {
    uint32_t writer, writerThread;
    uint16_t writerBarriers, writerWarpBarriers;
    uint32_t reader, readerThread;
    uint16_t readerBarriers, readerWarpBarriers;
    /** Whether the writer was an atomic operation, and who else read since the last barrier. */
    bool atomic, severalThreads, severalWarps, severalBlocks;
};

/** Cells for a range of memory: of 4 bytes at first, of fewer once smaller elements are touched. */
class Shadow {
  public:
    Shadow(Address base, size_t size) : base(base), size(size) {}
    Shadow(const Shadow &) = delete;
    ~Shadow() { release(); }

    /** The cells of [address, address + bytes), which lies within. */
    Cell *cells(Address address, size_t bytes, size_t &count) {
        unsigned long offset = address - base;
        if (!memory || ((offset | bytes) & ((1u << shift) - 1))) prepare(offset, bytes);
        count = bytes >> shift;
        return memory + (offset >> shift);
    }

    Address addressOf(const Cell *cell) const { return base + (static_cast<size_t>(cell - memory) << shift); }
    void release();

  private:
    Address base;
    size_t size;
    unsigned shift = 2;
    Cell *memory = nullptr;

    void prepare(size_t offset, size_t bytes);
    Cell *allocate() const;
    size_t byteLength() const { return ((size >> shift) + 1) * sizeof(Cell); }
};

enum class Conflict { NONE, UNWRITTEN, RACE };

/** Of two accesses by one block, whether something lies between them that orders them. */
inline bool isOrdered(uint32_t thread, uint16_t barriers, uint16_t warpBarriers, const Actor &by) {
    return thread == by.thread || barriers != by.barriers || (thread / 32 == by.thread / 32 && warpBarriers != by.warpBarriers);
}

/** An access within one run of a kernel: whether another thread's is not ordered with it; `other` is then that thread. */
inline bool conflicts(const Cell &cell, const Actor &by, Access access, uint32_t &other) {
    auto sameBlock = [&](uint32_t thread) { return thread >> 10 == by.thread >> 10; };
    if (cell.writer == by.run && !(cell.atomic && access == Access::ATOMIC)
        && !(sameBlock(cell.writerThread) && isOrdered(cell.writerThread, cell.writerBarriers, cell.writerWarpBarriers, by))) {
        other = cell.writerThread;
        return true;
    }
    if (access == Access::READ || cell.reader != by.run) return false;
    other = cell.readerThread;
    if (cell.severalBlocks || !sameBlock(other)) return true;
    if (cell.severalWarps && cell.readerBarriers == by.barriers) return true;
    bool alone = other == by.thread && !cell.severalThreads;
    bool sameWarp = other / 32 == by.thread / 32;
    return !alone && cell.readerBarriers == by.barriers && !(sameWarp && cell.readerWarpBarriers != by.warpBarriers);
}

inline void record(Cell &cell, const Actor &by, Access access) {
    if (access != Access::READ) {
        cell.writer = by.run;
        cell.writerThread = by.thread;
        cell.writerBarriers = by.barriers;
        cell.writerWarpBarriers = by.warpBarriers;
        cell.atomic = access == Access::ATOMIC;
        return;
    }
    if (cell.reader != by.run) {
        cell.severalThreads = cell.severalWarps = cell.severalBlocks = false;
    } else if (cell.readerThread >> 10 != by.thread >> 10) {
        cell.severalBlocks = true;
    } else if (cell.readerBarriers != by.barriers) {
        cell.severalThreads = cell.severalWarps = false;
    } else if (cell.readerThread / 32 != by.thread / 32) {
        cell.severalWarps = true;
    } else if (cell.readerWarpBarriers != by.warpBarriers) {
        cell.severalThreads = false;
    } else if (cell.readerThread != by.thread) {
        cell.severalThreads = true;
    }
    cell.reader = by.run;
    cell.readerThread = by.thread;
    cell.readerBarriers = by.barriers;
    cell.readerWarpBarriers = by.warpBarriers;
}

} // namespace emulator
