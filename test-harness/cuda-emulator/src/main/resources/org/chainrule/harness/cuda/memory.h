// Device memory: one range of addresses in which allocations lie apart from each other and no address is given out twice.
#pragma once
#include "emulator.h"
#include "shadow.h"

namespace emulator {

struct Operation;

struct Allocation : Object {
    Address base;
    size_t size;
    Shadow shadow;

    Allocation(Address base, size_t size, const char *maker, Context *context);
};

constexpr unsigned CHUNK = 16;
constexpr size_t ARENA = size_t{4} << 40;
extern Address arena;
extern uint32_t *chunks;
extern std::vector<Allocation *> allocations;

inline bool isDevice(Address a) { return a - arena < ARENA; }

/** The allocation at or before an address of the arena; null before the first one. */
inline Allocation *near(Address a) {
    uint32_t number = chunks[(a - arena) >> CHUNK];
    return number ? allocations[number - 1] : nullptr;
}

Status allocate(size_t bytes, const char *maker, Allocation **result);
void release(Allocation &);
/** The bytes that live on a device. */
size_t heldBy(int device);
void forgetMemory();

/** "buffer 3 (400 bytes) + 16" */
std::string place(Address);

/**
 * Looks at an access of `who` to a range of device memory, outside of kernels.
 *
 * @return SUCCESS, or what a GPU would say
 */
Status touch(const Operation &by, const char *who, Address from, size_t bytes, Access access);

/** Whether the range lies in one living allocation; otherwise reports it. */
bool isWithin(const char *who, Address from, size_t bytes, Access access);

/** Whether the range is a variable of a module that is loaded. */
bool isModuleVariable(Address from, size_t bytes);

/** Whether the last access to the cell lies before this operation. */
void checkOrder(const Operation &by, const char *who, const Cell &cell, Address at, Access access);

} // namespace emulator
