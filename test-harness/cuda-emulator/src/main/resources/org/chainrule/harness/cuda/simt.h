// Runs the threads of a kernel, one after the other, as fibers.
#pragma once
#include "shadow.h"
#include "streams.h"
#include <string>
#include <vector>

namespace emulator {

struct Extent {
    unsigned x, y, z;

    size_t count() const { return size_t{x} * y * z; }
    Extent at(size_t i) const { return {static_cast<unsigned>(i % x), static_cast<unsigned>(i / x % y), static_cast<unsigned>(i / x / y)}; }
};

/** What a compiled module says of a kernel; as `kernel.h` lays it out. */
struct Kernel {
    const char *name;
    void (*call)(const char *arguments);
    unsigned parameters, bytes;
    const unsigned *sizes, *offsets;
    unsigned mostThreads;
};

/** A compiled module in memory. */
struct Image {
    void *library = nullptr;
    const Kernel *kernels = nullptr;
    size_t kernelCount = 0;
    struct Range {
        Address begin = 0, end = 0;

        bool holds(Address a) const { return a - begin < end - begin; }
    };
    /** All that was loaded of it, what of that can be written, and in that the arrays in shared memory of fixed size. */
    Range whole, writable, shared;
    struct Variable {
        /** Those within a function have its name before theirs: `f::tile`. */
        std::string name;
        Range range;
        /** The kernel that it lies within, by its number; of no kernel -1. */
        int owner;
    };
    std::vector<Variable> variables;
    std::shared_ptr<Shadow> shadow;
};

/**
 * Runs all blocks of the kernel, which has that number in its image.
 *
 * @return SUCCESS, or what a GPU would say
 */
Status runKernel(const Kernel &, int number, const Image &, const char *arguments, Extent grid, Extent block, size_t dynamicBytes, const Operation &);

} // namespace emulator
