// Memory of the host that the device copies to and from without being waited for.
#pragma once
#include "emulator.h"

namespace emulator {

struct HostMemory : Object {
    char *begin;
    size_t size;
    /** Whether it is the program's own and only registered. */
    bool registered;

    HostMemory(char *begin, size_t size, bool registered, const char *maker);
    bool holds(const void *p) const { return static_cast<size_t>(static_cast<const char *>(p) - begin) < size; }
};

/** The page-locked memory that holds that address; null where there is none. */
HostMemory *hostMemoryAt(const void *);

/**
 * What a copy that is queued needs of the host's memory until it has run. Page-locked memory is protected meanwhile, so that the processor tells when the
 * program touches it too early.
 */
class Watch {
  public:
    /** The host must not touch the range; where the copy only reads it, not write it. */
    Watch(HostMemory &, const void *from, size_t bytes, bool isRead, const char *label);
    ~Watch();
    Watch(const Watch &) = delete;

  private:
    int slot;
};

/** What a copy is called that is queued and needs this memory; null where there is none. */
const char *pendingCopyOf(const HostMemory &);

/** While it lives, the emulator itself touches memory of the host. */
class OwnAccess {
  public:
    OwnAccess();
    ~OwnAccess();
};

} // namespace emulator
