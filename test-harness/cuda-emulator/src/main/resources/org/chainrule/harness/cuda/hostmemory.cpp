#include "hostmemory.h"
#include "graphs.h"
#include "streams.h"
#include <cstdlib>
#include <cstring>
#include <map>
#include <sys/mman.h>

namespace emulator {

static constexpr size_t PAGE = 4096;
static std::map<const char *, HostMemory *> byAddress;

HostMemory::HostMemory(char *begin, size_t size, bool registered, const char *maker)
    : Object("host memory", maker, current()), begin(begin), size(size), registered(registered) {
    keep(this);
    byAddress[begin] = this;
}

HostMemory *hostMemoryAt(const void *p) {
    auto after = byAddress.upper_bound(static_cast<const char *>(p));
    if (after == byAddress.begin()) return nullptr;
    HostMemory *memory = std::prev(after)->second;
    return memory->alive && memory->holds(p) ? memory : nullptr;
}

static size_t pages(size_t bytes) { return (bytes + PAGE - 1) / PAGE * PAGE; }

static Status allocateHost(void **result, size_t bytes, const char *maker) {
    if (bytes == 0) return INVALID_VALUE;
    if (Status refused = refusedWhileCapturing(maker)) return refused;
    void *p = mmap(nullptr, pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return OUT_OF_MEMORY;
    *result = p;
    new HostMemory(static_cast<char *>(p), bytes, false, maker);
    counters.hostAllocations++;
    return SUCCESS;
}

/** Ends it; a copy that is queued and has not run yet must not need it. */
static Status end(const void *p, bool registered) {
    HostMemory *memory = hostMemoryAt(p);
    if (!memory || memory->begin != p || memory->registered != registered) {
        report("BAD_HANDLE", "%s: %p is no begin of host memory that lives", underWay, p);
        return INVALID_VALUE;
    }
    if (const char *copy = pendingCopyOf(*memory)) report("HOST_MEMORY", "%s of %s before %s that needs it has run", underWay, memory->name().c_str(), copy);
    runAll(*current());
    memory->destroy();
    byAddress.erase(memory->begin);
    if (!registered) munmap(memory->begin, pages(memory->size));
    return current()->sticky;
}

} // namespace emulator

using namespace emulator;

CUDA cuMemAllocHost_v2(void **p, size_t bytes) {
    CALL(CONTEXT);
    return allocateHost(p, bytes, __func__);
}

CUDA cuMemHostAlloc(void **p, size_t bytes, unsigned) {
    CALL(CONTEXT);
    return allocateHost(p, bytes, __func__);
}

CUDA cuMemFreeHost(void *p) {
    CALL(RELEASE);
    return end(p, false);
}

CUDA cuMemHostRegister_v2(void *p, size_t bytes, unsigned) {
    CALL(CONTEXT);
    if (!p || bytes == 0) return INVALID_VALUE;
    if (hostMemoryAt(p)) return HOST_MEMORY_ALREADY_REGISTERED;
    new HostMemory(static_cast<char *>(p), bytes, true, __func__);
    return SUCCESS;
}

CUDA cuMemHostUnregister(void *p) {
    CALL(RELEASE);
    if (!hostMemoryAt(p)) return HOST_MEMORY_NOT_REGISTERED;
    return end(p, true);
}

CUDA cuMemHostGetDevicePointer_v2(uint64_t *, void *, unsigned) {
    CALL(CONTEXT);
    return notEmulated("host memory that kernels reach", NOT_SUPPORTED);
}

CUDA cuMemHostGetFlags(unsigned *flags, void *p) {
    CALL(CONTEXT);
    if (!hostMemoryAt(p)) return INVALID_VALUE;
    *flags = 0;
    return SUCCESS;
}
