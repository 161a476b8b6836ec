// Copies and fills of memory.
#pragma once
#include "memory.h"
#include "streams.h"

namespace emulator {

/** Rows of bytes from one memory to another. */
struct Copy : Work {
    enum Direction { TO_DEVICE, TO_HOST, ON_DEVICE, ON_HOST };

    Direction direction;
    char *to;
    const char *from;
    size_t width, height, toPitch, fromPitch;
    /** What memory that is not page-locked held when the copy was queued. */
    std::vector<char> staged;

    Copy(Direction direction, void *to, const void *from, size_t width, size_t height = 1, size_t toPitch = 0, size_t fromPitch = 0)
        : direction(direction), to(static_cast<char *>(to)), from(static_cast<const char *>(from)), width(width), height(height), toPitch(toPitch),
          fromPitch(fromPitch) {}
    Status run(const Operation &) override;
    int nodeType() const override { return 1; }
    void count(bool inGraph) const override;
    const char *label() const override;
    bool readsDevice() const { return direction == TO_HOST || direction == ON_DEVICE; }
    bool writesDevice() const { return direction == TO_DEVICE || direction == ON_DEVICE; }
};

} // namespace emulator
