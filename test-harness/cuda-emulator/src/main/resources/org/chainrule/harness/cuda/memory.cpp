#include "memory.h"
#include "streams.h"
#include <cstdlib>
#include <cstring>
#include <cstdio>
#include <map>
#include <sys/mman.h>
#include <unordered_set>

namespace emulator {

Address arena;
uint32_t *chunks;
std::vector<Allocation *> allocations;

/** The first address that was never given out, and how much each device holds. */
static Address top;
static std::map<int, size_t> held;
/** Pairs of operations that were reported, so that a missing wait is one finding and not one for each byte. */
static std::unordered_set<uint64_t> reported;

/** Memory that was never written reads as NaN. */
static const int POISON = 0xff;

static void *reserve(size_t bytes) {
    void *p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? nullptr : p;
}

Allocation::Allocation(Address base, size_t size, const char *maker, Context *context)
    : Object("buffer", maker, context), base(base), size(size), shadow(base, size) {
    keep(this);
}

static size_t chunksOf(size_t bytes) { return (bytes + (size_t{1} << CHUNK) - 1) >> CHUNK; }

Status allocate(size_t bytes, const char *maker, Allocation **result) {
    if (!arena) {
        arena = reinterpret_cast<Address>(reserve(ARENA));
        chunks = static_cast<uint32_t *>(reserve((ARENA >> CHUNK) * sizeof *chunks));
        if (!arena || !chunks) return OUT_OF_MEMORY;
        arena = (arena + (1 << CHUNK) - 1) & ~Address{(1 << CHUNK) - 1};
        top = arena;
    }
    size_t &used = held[current()->device];
    // one chunk lies between neighbours, so that what runs over an end meets nobody
    size_t count = chunksOf(bytes) + 1;
    if (used + bytes > settings.memory || top + (count << CHUNK) > arena + ARENA - (1 << CHUNK)) return OUT_OF_MEMORY;
    used += bytes;
    Allocation *allocation = new Allocation(top, bytes, maker, current());
    allocations.push_back(allocation);
    for (size_t i = 0; i < count; i++) chunks[((top - arena) >> CHUNK) + i] = static_cast<uint32_t>(allocations.size());
    memset(reinterpret_cast<void *>(top), POISON, bytes);
    top += count << CHUNK;
    counters.allocations++;
    *result = allocation;
    return SUCCESS;
}

size_t heldBy(int device) { return held[device]; }

void release(Allocation &allocation) {
    held[allocation.context->device] -= allocation.size;
    allocation.destroy();
    allocation.shadow.release();
    madvise(reinterpret_cast<void *>(allocation.base), chunksOf(allocation.size) << CHUNK, MADV_DONTNEED);
    counters.frees++;
}

void forgetMemory() {
    for (Allocation *a : allocations) madvise(reinterpret_cast<void *>(a->base), chunksOf(a->size) << CHUNK, MADV_DONTNEED);
    held.clear();
    reported.clear();
}

std::string place(Address at) {
    char text[160];
    Allocation *before = isDevice(at) ? near(at) : nullptr;
    if (!before) {
        snprintf(text, sizeof text, "%#lx, which is no device memory", at);
        return text;
    }
    size_t number = chunks[(before->base - arena) >> CHUNK];
    Allocation *after = number < allocations.size() ? allocations[number] : nullptr;
    size_t beyond = at - before->base;
    if (beyond >= before->size && after && after->base - at < beyond - before->size)
        snprintf(text, sizeof text, "buffer %ld (%zu bytes) - %zu", after->number, after->size, static_cast<size_t>(after->base - at));
    else snprintf(text, sizeof text, "buffer %ld (%zu bytes) + %zu", before->number, before->size, beyond);
    return text;
}

static const char *verb(Access access) {
    return access == Access::READ ? "reads" : access == Access::WRITE ? "writes" : "updates";
}

bool isWithin(const char *who, Address from, size_t bytes, Access access) {
    Allocation *allocation = isDevice(from) ? near(from) : nullptr;
    if (allocation && from + bytes <= allocation->base + allocation->size && allocation->alive) return true;
    if (!allocation && isModuleVariable(from, bytes)) return true;
    bool freed = allocation && !allocation->alive && from < allocation->base + allocation->size;
    report(freed ? "USE_AFTER_FREE" : "OUT_OF_BOUNDS", "%s %s %zu bytes at %s%s", who, verb(access), bytes, place(from).c_str(),
        freed ? ", which was freed" : "");
    return false;
}

void checkOrder(const Operation &by, const char *who, const Cell &cell, Address at, Access access) {
    auto check = [&](uint32_t other, const char *did) {
        if (other == 0 || other == by.serial || other < by.firstUnordered || by.follows(other)) return;
        if (!reported.insert(uint64_t{by.serial} << 32 | other).second) return;
        report("STREAM_ORDER", "%s %s %s, which %s %s on another stream or branch, and neither waits for the other", who, verb(access), place(at).c_str(),
            nameOfOperation(other).c_str(), did);
    };
    check(cell.writer, "writes");
    if (access != Access::READ) check(cell.reader, "reads");
}

Status touch(const Operation &by, const char *who, Address from, size_t bytes, Access access) {
    if (bytes == 0) return SUCCESS;
    if (!isWithin(who, from, bytes, access)) return ILLEGAL_ADDRESS;
    if (settings.checks == Checks::NONE || !isDevice(from)) return SUCCESS;
    size_t count;
    Shadow &shadow = near(from)->shadow;
    Cell *cells = shadow.cells(from, bytes, count);
    Actor actor{by.serial, ~0u, 0, 0};
    bool unwritten = false;
    for (size_t i = 0; i < count; i++) {
        Cell &cell = cells[i];
        if (access == Access::READ && !cell.writer && !unwritten) {
            unwritten = true;
            report("UNINITIALISED", "%s reads %s, which was never written", who, place(shadow.addressOf(&cell)).c_str());
        }
        if (settings.checks == Checks::RACES) checkOrder(by, who, cell, shadow.addressOf(&cell), access);
        record(cell, actor, access);
    }
    return SUCCESS;
}

} // namespace emulator
