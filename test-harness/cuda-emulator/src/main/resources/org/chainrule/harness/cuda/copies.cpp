#include "copies.h"
#include "graphs.h"
#include "hostmemory.h"
#include <cstring>

namespace emulator {

const char *Copy::label() const {
    switch (direction) {
    case TO_DEVICE: return "a copy from the host";
    case TO_HOST: return "a copy to the host";
    case ON_DEVICE: return "a copy on the device";
    case ON_HOST: return "a copy on the host";
    }
    return "";
}

void Copy::count(bool) const {
    long bytes = static_cast<long>(width * height);
    switch (direction) {
    case TO_DEVICE: counters.toDevice++; counters.bytesToDevice += bytes; break;
    case TO_HOST: counters.toHost++; counters.bytesToHost += bytes; break;
    case ON_DEVICE: counters.onDevice++; counters.bytesOnDevice += bytes; break;
    case ON_HOST: break;
    }
}

Status Copy::run(const Operation &operation) {
    if (Status failure = planned("copy")) return failure;
    for (size_t row = 0; row < height; row++) {
        const char *source = (staged.empty() ? from : staged.data()) + row * fromPitch;
        char *target = to + row * toPitch;
        if (readsDevice())
            if (Status status = touch(operation, label(), reinterpret_cast<Address>(source), width, Access::READ)) return status;
        if (writesDevice())
            if (Status status = touch(operation, label(), reinterpret_cast<Address>(target), width, Access::WRITE)) return status;
        OwnAccess own;
        memmove(target, source, width);
    }
    return SUCCESS;
}

/** Fills rows with an element of 1, 2 or 4 bytes. */
struct Fill : Work {
    Address to;
    uint32_t value;
    size_t elementBytes, width, height, pitch;

    Fill(Address to, uint32_t value, size_t elementBytes, size_t width, size_t height = 1, size_t pitch = 0)
        : to(to), value(value), elementBytes(elementBytes), width(width), height(height), pitch(pitch) {}

    Status run(const Operation &operation) override {
        for (size_t row = 0; row < height; row++) {
            Address at = to + row * pitch;
            if (Status status = touch(operation, label(), at, width * elementBytes, Access::WRITE)) return status;
            char *bytes = reinterpret_cast<char *>(at);
            for (size_t i = 0; i < width; i++) memcpy(bytes + i * elementBytes, &value, elementBytes);
        }
        return SUCCESS;
    }
    int nodeType() const override { return 2; }
    void count(bool) const override { counters.memsets++; }
    const char *label() const override { return "a fill"; }
};

/** Frees memory in its turn: what uses it later, on whichever stream, uses it after it was freed. */
struct Free : Work {
    Allocation &allocation;

    explicit Free(Allocation &allocation) : allocation(allocation) {}
    Status run(const Operation &operation) override {
        if (!allocation.alive) return SUCCESS;
        if (settings.checks == Checks::RACES) {
            size_t count;
            size_t bytes = allocation.size & ~size_t{3};
            const Cell *cells = allocation.shadow.cells(allocation.base, bytes, count);
            for (size_t i = 0; i < count; i++) checkOrder(operation, label(), cells[i], allocation.shadow.addressOf(cells + i), Access::WRITE);
        }
        release(allocation);
        return SUCCESS;
    }
    int nodeType() const override { return 11; }
    void count(bool) const override {}
    const char *label() const override { return "cuMemFreeAsync"; }
};

/** Looks at the ranges at the call already, for then the program's line is known; and for the call itself, as CUDA does. */
static Status check(const Copy &copy) {
    auto rows = [&](const char *from, size_t pitch, Access access) {
        return copy.width * copy.height == 0 || isWithin(underWay, reinterpret_cast<Address>(from), copy.width + (copy.height - 1) * pitch, access);
    };
    if (copy.readsDevice() && !rows(copy.from, copy.fromPitch, Access::READ)) return INVALID_VALUE;
    if (copy.writesDevice() && !rows(copy.to, copy.toPitch, Access::WRITE)) return INVALID_VALUE;
    return SUCCESS;
}

static Status copyNow(Copy copy) {
    if (Status status = check(copy)) return status;
    if (copy.direction == Copy::ON_DEVICE) return submit(*current()->null, std::make_shared<Copy>(std::move(copy)));
    counters.synchronisations++;
    return runNow(std::make_shared<Copy>(std::move(copy)));
}

/** A copy whose memory on the host is watched until it has run. */
struct WatchedCopy : Copy {
    std::unique_ptr<Watch> watch;

    explicit WatchedCopy(Copy &&copy) : Copy(std::move(copy)) {}
    Status run(const Operation &operation) override {
        watch.reset();
        return Copy::run(operation);
    }
};

static Status copyAsync(Copy copy, void *handle) {
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    if (Status status = check(copy)) return status;
    bool toHost = copy.direction == Copy::TO_HOST;
    if (copy.direction == Copy::ON_DEVICE) return submit(*stream, std::make_shared<Copy>(std::move(copy)));
    const void *host = toHost ? copy.to : copy.from;
    HostMemory *memory = hostMemoryAt(host);
    if (!memory) {
        report("HOST_MEMORY", "%s with memory of the host that is not page-locked: it must be waited for, and a virtual machine may move or free it", underWay);
        if (stream->capturing) return STREAM_CAPTURE_UNSUPPORTED;
        if (!toHost && copy.height == 1) {
            // as the driver does: it takes the bytes before it returns
            copy.staged.assign(copy.from, copy.from + copy.width);
            return submit(*stream, std::make_shared<Copy>(std::move(copy)));
        }
        Status status = submit(*stream, std::make_shared<Copy>(std::move(copy)));
        if (!status) status = runAll(*stream);
        hostKnows(stream->clock);
        return status;
    }
    size_t span = copy.width + (copy.height - 1) * (toHost ? copy.toPitch : copy.fromPitch);
    if (!memory->holds(static_cast<const char *>(host) + span - 1)) {
        report("OUT_OF_BOUNDS", "%s runs over the end of %s", underWay, memory->name().c_str());
        return INVALID_VALUE;
    }
    auto work = std::make_shared<WatchedCopy>(std::move(copy));
    if (!settings.eager && !stream->capturing) work->watch = std::make_unique<Watch>(*memory, host, span, !toHost, work->label());
    return submit(*stream, std::move(work));
}

static Status fill(void *handle, bool async, Fill fill) {
    Stream *stream = async ? streamOf(handle) : current()->null;
    if (!stream) return INVALID_HANDLE;
    if (fill.width * fill.height == 0) return SUCCESS;
    if (fill.to % fill.elementBytes) return INVALID_VALUE;
    if (!isWithin(underWay, fill.to, fill.width * fill.elementBytes + (fill.height - 1) * fill.pitch, Access::WRITE)) return INVALID_VALUE;
    return submit(*stream, std::make_shared<Fill>(fill));
}

static void *pointer(Address a) { return reinterpret_cast<void *>(a); }

/** As CUDA lays it out. */
struct Copy2D {
    size_t fromX, fromY;
    int fromType;
    const char *fromHost;
    Address fromDevice;
    void *fromArray;
    size_t fromPitch, toX, toY;
    int toType;
    char *toHost;
    Address toDevice;
    void *toArray;
    size_t toPitch, width, height;

    /** Of memory types 1 is the host's and 2 the device's. */
    bool isPlain() const { return (fromType == 1 || fromType == 2) && (toType == 1 || toType == 2); }
    Copy copy() const {
        Copy::Direction direction = fromType == 1 ? (toType == 1 ? Copy::ON_HOST : Copy::TO_DEVICE) : toType == 1 ? Copy::TO_HOST : Copy::ON_DEVICE;
        const char *from = fromType == 1 ? fromHost : static_cast<const char *>(pointer(fromDevice));
        char *to = toType == 1 ? toHost : static_cast<char *>(pointer(toDevice));
        return {direction, to + toY * toPitch + toX, from + fromY * fromPitch + fromX, width, height, toPitch, fromPitch};
    }
};

} // namespace emulator

using namespace emulator;

static Status memAlloc(Address *address, size_t bytes, const char *maker) {
    if (bytes == 0) return INVALID_VALUE;
    Allocation *allocation;
    if (Status status = allocate(bytes, maker, &allocation)) return status;
    *address = allocation->base;
    return SUCCESS;
}

CUDA cuMemAlloc_v2(Address *address, size_t bytes) {
    CALL(CONTEXT);
    if (Status refused = refusedWhileCapturing(__func__)) return refused;
    return memAlloc(address, bytes, __func__);
}

CUDA cuMemAllocAsync(Address *address, size_t bytes, void *handle) {
    CALL(CONTEXT);
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    if (stream->capturing) return notEmulated("cuMemAllocAsync in a capture", NOT_SUPPORTED);
    return memAlloc(address, bytes, __func__);
}

namespace emulator {

/** A pool gives memory as the device does, and keeps none. */
struct Pool : Object {
    Pool() : Object("memory pool", "cuMemPoolCreate", current()) { keep(this); }
};

} // namespace emulator

CUDA cuMemPoolCreate(Pool **pool, const void *) {
    CALL(CONTEXT);
    *pool = new Pool();
    return SUCCESS;
}

CUDA cuMemPoolDestroy(void *handle) {
    CALL(RELEASE);
    Pool *pool = living<Pool>(handle, "memory pool");
    if (!pool) return INVALID_VALUE;
    pool->destroy();
    return current()->sticky;
}

CUDA cuMemPoolTrimTo(void *handle, size_t) {
    CALL(CONTEXT);
    return living<Pool>(handle, "memory pool") ? SUCCESS : INVALID_VALUE;
}

CUDA cuMemAllocFromPoolAsync(Address *address, size_t bytes, void *pool, void *stream) {
    return living<Pool>(pool, "memory pool") ? cuMemAllocAsync(address, bytes, stream) : INVALID_VALUE;
}

/** The allocation that begins there and lives; null after a report. */
static Allocation *allocationAt(Address address) {
    Allocation *allocation = isDevice(address) ? near(address) : nullptr;
    if (allocation && allocation->base == address && allocation->alive) return allocation;
    bool twice = allocation && allocation->base == address;
    report(twice ? "DOUBLE_FREE" : "BAD_HANDLE", "%s: %s %s", underWay, place(address).c_str(), twice ? "was freed before" : "is no begin of a buffer");
    return nullptr;
}

CUDA cuMemFree_v2(Address address) {
    CALL(RELEASE);
    if (address == 0) return SUCCESS;
    if (Status refused = refusedWhileCapturing(__func__)) return refused;
    Allocation *allocation = allocationAt(address);
    if (!allocation) return INVALID_VALUE;
    // as hardware does, though it is nowhere promised
    Status status = runAll(*current());
    release(*allocation);
    return status;
}

CUDA cuMemFreeAsync(Address address, void *handle) {
    CALL(RELEASE);
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    if (stream->capturing) return notEmulated("cuMemFreeAsync in a capture", NOT_SUPPORTED);
    Allocation *allocation = allocationAt(address);
    if (!allocation) return INVALID_VALUE;
    if (current()->sticky) {
        // nothing runs any more
        release(*allocation);
        return current()->sticky;
    }
    return submit(*stream, std::make_shared<Free>(*allocation));
}

CUDA cuMemGetInfo_v2(size_t *unused, size_t *total) {
    CALL(CONTEXT);
    *total = settings.memory;
    *unused = settings.memory - heldBy(current()->device);
    return SUCCESS;
}

CUDA cuMemGetAddressRange_v2(Address *base, size_t *size, Address address) {
    CALL(CONTEXT);
    Allocation *allocation = isDevice(address) ? near(address) : nullptr;
    if (!allocation || !allocation->alive || address >= allocation->base + allocation->size) return NOT_FOUND;
    if (base) *base = allocation->base;
    if (size) *size = allocation->size;
    return SUCCESS;
}

CUDA cuMemcpyHtoD_v2(Address to, const void *from, size_t bytes) {
    CALL(CONTEXT);
    return copyNow({Copy::TO_DEVICE, pointer(to), from, bytes});
}

CUDA cuMemcpyDtoH_v2(void *to, Address from, size_t bytes) {
    CALL(CONTEXT);
    return copyNow({Copy::TO_HOST, to, pointer(from), bytes});
}

CUDA cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
    CALL(CONTEXT);
    return copyNow({Copy::ON_DEVICE, pointer(to), pointer(from), bytes});
}

CUDA cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, void *stream) {
    CALL(CONTEXT);
    return copyAsync({Copy::TO_DEVICE, pointer(to), from, bytes}, stream);
}

CUDA cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, void *stream) {
    CALL(CONTEXT);
    return copyAsync({Copy::TO_HOST, to, pointer(from), bytes}, stream);
}

CUDA cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void *stream) {
    CALL(CONTEXT);
    return copyAsync({Copy::ON_DEVICE, pointer(to), pointer(from), bytes}, stream);
}

/** Which way a copy goes where only addresses tell. */
static Copy between(Address to, Address from, size_t bytes) {
    Copy::Direction direction = isDevice(to) ? (isDevice(from) ? Copy::ON_DEVICE : Copy::TO_DEVICE) : isDevice(from) ? Copy::TO_HOST : Copy::ON_HOST;
    return {direction, pointer(to), pointer(from), bytes};
}

CUDA cuMemcpy(Address to, Address from, size_t bytes) {
    CALL(CONTEXT);
    return copyNow(between(to, from, bytes));
}

CUDA cuMemcpyAsync(Address to, Address from, size_t bytes, void *stream) {
    CALL(CONTEXT);
    return copyAsync(between(to, from, bytes), stream);
}

CUDA cuMemcpy2D_v2(const Copy2D *copy) {
    CALL(CONTEXT);
    if (!copy->isPlain()) return notEmulated("cuMemcpy2D with arrays", NOT_SUPPORTED);
    return copyNow(copy->copy());
}

CUDA cuMemcpy2DUnaligned_v2(const Copy2D *copy) { return cuMemcpy2D_v2(copy); }

CUDA cuMemcpy2DAsync_v2(const Copy2D *copy, void *stream) {
    CALL(CONTEXT);
    if (!copy->isPlain()) return notEmulated("cuMemcpy2DAsync with arrays", NOT_SUPPORTED);
    return copyAsync(copy->copy(), stream);
}

#define FILLS(bits, type)                                                                                                                            \
    CUDA cuMemsetD##bits##_v2(Address to, type value, size_t count) {                                                                                \
        CALL(CONTEXT);                                                                                                                               \
        return fill(nullptr, false, {to, value, bits / 8, count});                                                                                   \
    }                                                                                                                                                \
    CUDA cuMemsetD##bits##Async(Address to, type value, size_t count, void *stream) {                                                                \
        CALL(CONTEXT);                                                                                                                               \
        return fill(stream, true, {to, value, bits / 8, count});                                                                                     \
    }                                                                                                                                                \
    CUDA cuMemsetD2D##bits##_v2(Address to, size_t pitch, type value, size_t width, size_t height) {                                                 \
        CALL(CONTEXT);                                                                                                                               \
        return fill(nullptr, false, {to, value, bits / 8, width, height, pitch});                                                                    \
    }                                                                                                                                                \
    CUDA cuMemsetD2D##bits##Async(Address to, size_t pitch, type value, size_t width, size_t height, void *stream) {                                 \
        CALL(CONTEXT);                                                                                                                               \
        return fill(stream, true, {to, value, bits / 8, width, height, pitch});                                                                      \
    }
FILLS(8, unsigned char)
FILLS(16, unsigned short)
FILLS(32, unsigned)
