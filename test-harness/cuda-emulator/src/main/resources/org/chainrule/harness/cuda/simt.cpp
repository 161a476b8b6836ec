// Each load and store of a kernel goes through this file, the rest of the emulator is compiled for a short build.
#pragma GCC optimize("O2")

#include "simt.h"
#include "fibers.h"
#include "memory.h"
#include <cstring>
#include <random>
#include <set>

namespace emulator {

namespace {

constexpr size_t MOST_SHARED = 227 << 10;
alignas(256) char dynamicMemory[MOST_SHARED];
Shadow dynamicShadow(reinterpret_cast<Address>(dynamicMemory), MOST_SHARED);

/** A thread of a block. One that waits for its warp has brought a value, or a vote. */
struct Thread {
    enum State { READY, AT_BARRIER, IN_WARP, DONE };
    State state;
    Extent index;
    unsigned number;
    bool begun;
    size_t fiber;
    int line;
    uint32_t mask, source;
    uint64_t value;
    bool vote;
    uint32_t votes;
};

struct Warp {
    uint32_t members, arrived, done;
    uint16_t barriers;
};

constexpr uint32_t NO_SOURCE = ~0u;

/** The launch that is under way; there is one at a time. */
struct Run {
    const Kernel *kernel;
    int number;
    /** How many launches there were, with it. */
    uint64_t launch = 0;
    const Image *image;
    /** Those which were touched last. */
    const Image::Variable *recent[2];
    const char *arguments;
    Extent grid, block;
    size_t dynamicBytes;
    const Operation *operation;
    Extent blockIndex;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::vector<size_t> order;
    size_t next, done, waiting, fiber;
    Thread *thread;
    Actor actor;
    /** The number of the block's run, which tells what it wrote to shared memory from what blocks before it left there. */
    uint32_t sharedRun = 0;
    Status fault;
    /** What was reported of this launch, so that a loop does not repeat it. */
    std::set<std::string> reported;
};
Run run;

void threadBody();
Fibers fibers(threadBody);

void select(size_t number) {
    run.thread = &run.threads[number];
    run.actor.thread = (run.actor.thread & ~1023u) | static_cast<uint32_t>(number);
    run.actor.warpBarriers = run.warps[number / 32].barriers;
}

/** A fiber runs threads to their ends, as long as none of them waits. */
void threadBody() {
    for (;;) {
        run.kernel->call(run.arguments);
        run.thread->state = Thread::DONE;
        run.done++;
        run.warps[run.thread->number / 32].done |= 1u << run.thread->number % 32;
        if (run.next < run.order.size()) {
            size_t fiber = run.thread->fiber;
            select(run.order[run.next++]);
            run.thread->begun = true;
            run.thread->fiber = fiber;
            continue;
        }
        fibers.end(run.thread->fiber);
        fibers.leave(run.thread->fiber);
    }
}

std::string blockName(Extent b) {
    if (run.grid.y == 1 && run.grid.z == 1) return std::to_string(b.x);
    return "(" + std::to_string(b.x) + ", " + std::to_string(b.y) + ", " + std::to_string(b.z) + ")";
}

std::string threadName(uint32_t thread) {
    return "thread " + std::to_string(thread & 1023) + " of block " + blockName(run.grid.at(thread >> 10));
}

/** Reports what the thread does, with the kernel's name; each kind once for a place. */
void reportThread(const char *kind, const std::string &about, const std::string &text) {
    if (!run.reported.insert(kind + about).second) return;
    report(kind, "kernel %s: %s %s", run.kernel->name, threadName(run.actor.thread).c_str(), text.c_str());
}

/** Ends the launch, as a GPU would with this error. */
[[noreturn]] void stop(Status status) {
    run.fault = status;
    fibers.leave(run.thread->fiber);
    __builtin_unreachable();
}

std::string bytesAt(Access access, size_t bytes, const std::string &where) {
    const char *verb = access == Access::READ ? "reads " : access == Access::WRITE ? "writes " : "updates ";
    return verb + std::to_string(bytes) + " bytes at " + where;
}

/** `buffer` is the number of the allocation, 0 for shared memory. */
void checkConflict(const Cell &cell, const Actor &actor, Access access, size_t bytes, long buffer, Address at, std::string (*where)(Address)) {
    uint32_t other;
    if (__builtin_expect(!conflicts(cell, actor, access, other), true)) return;
    std::string about = std::to_string(buffer);
    if (run.reported.count("RACE" + about)) return;
    reportThread("RACE", about, bytesAt(access, bytes, where(at)) + " beside " + threadName(other) + ", with no barrier between");
}

void globalAccess(Address at, size_t bytes, Access access) {
    Allocation *allocation = near(at);
    size_t offset = allocation ? at - allocation->base : 0;
    if (!allocation || offset + bytes > allocation->size || !allocation->alive) {
        bool freed = allocation && !allocation->alive && offset < allocation->size;
        reportThread(freed ? "USE_AFTER_FREE" : "OUT_OF_BOUNDS", "", bytesAt(access, bytes, place(at)) + (freed ? ", which was freed" : ""));
        stop(ILLEGAL_ADDRESS);
    }
    size_t count;
    Cell *cells = allocation->shadow.cells(at, bytes, count);
    for (Cell *cell = cells; cell < cells + count; cell++) {
        if (access != Access::WRITE && !cell->writer)
            reportThread("UNINITIALISED", std::to_string(allocation->number), bytesAt(access, bytes, place(at)) + ", which was never written");
        if (settings.checks == Checks::RACES) {
            if (cell->writer >= run.operation->firstUnordered || cell->reader >= run.operation->firstUnordered)
                checkOrder(*run.operation, run.kernel->name, *cell, at, access);
            checkConflict(*cell, run.actor, access, bytes, allocation->number, at, place);
        }
        record(*cell, run.actor, access);
    }
}

/** Whether the kernel that runs may touch the variable. */
bool isOwn(const Image::Variable &v) { return v.owner < 0 || v.owner == run.number; }

std::string sharedPlace(Address at) {
    if (!run.image->whole.holds(at)) return "dynamic shared memory + " + std::to_string(at - reinterpret_cast<Address>(dynamicMemory));
    const Image::Variable *nearest = nullptr;
    for (const Image::Variable &v : run.image->variables)
        if (isOwn(v) && run.image->shared.holds(v.range.begin) && v.range.begin <= at && (!nearest || v.range.begin > nearest->range.begin)) nearest = &v;
    if (!nearest) return "shared memory before its first array";
    return "shared array " + nearest->name + " (" + std::to_string(nearest->range.end - nearest->range.begin) + " bytes) + "
           + std::to_string(at - nearest->range.begin);
}

void sharedAccess(Shadow &shadow, Address at, size_t bytes, Access access) {
    size_t count;
    Cell *cells = shadow.cells(at, bytes, count);
    Actor actor = run.actor;
    actor.run = run.sharedRun;
    for (Cell *cell = cells; cell < cells + count; cell++) {
        if (access != Access::WRITE && cell->writer != run.sharedRun)
            reportThread("UNINITIALISED", "shared", bytesAt(access, bytes, sharedPlace(at)) + ", which its block never wrote");
        if (settings.checks == Checks::RACES) checkConflict(*cell, actor, access, bytes, 0, at, sharedPlace);
        record(*cell, actor, access);
    }
}

[[noreturn]] void outOfShared(Address at, size_t bytes, Access access) {
    reportThread("OUT_OF_BOUNDS", "shared", bytesAt(access, bytes, sharedPlace(at)));
    stop(ILLEGAL_ADDRESS);
}

void imageAccess(Address at, size_t bytes, Access access) {
    const Image &image = *run.image;
    if (!image.writable.holds(at) && access == Access::READ) return;
    // products take turns between two arrays
    auto holds = [&](const Image::Variable *v) { return v && v->range.holds(at) && v->range.holds(at + bytes - 1); };
    if (!holds(run.recent[0])) {
        std::swap(run.recent[0], run.recent[1]);
        if (!holds(run.recent[0])) {
            run.recent[0] = nullptr;
            for (const Image::Variable &v : image.variables)
                if (holds(&v) && isOwn(v)) run.recent[0] = &v;
            if (!run.recent[0]) outOfShared(at, bytes, access);
        }
    }
    if (image.shared.holds(at)) sharedAccess(*image.shadow, at, bytes, access);
}

/** Each load and store of a kernel comes here. */
inline void accessed(const void *p, size_t bytes, Access access, size_t alignment) {
    Address at = reinterpret_cast<Address>(p);
    bool device = isDevice(at);
    if (!device && fibers.isOnStack(p)) return;
    if (at & (alignment - 1)) {
        reportThread("MISALIGNED", "", bytesAt(access, bytes, device ? place(at) : sharedPlace(at)) + ", which is no multiple of " + std::to_string(alignment));
        stop(MISALIGNED_ADDRESS);
    }
    if (device) return globalAccess(at, bytes, access);
    if (run.image->whole.holds(at)) return imageAccess(at, bytes, access);
    size_t offset = at - reinterpret_cast<Address>(dynamicMemory);
    if (offset < MOST_SHARED) {
        if (offset + bytes > run.dynamicBytes) outOfShared(at, bytes, access);
        return sharedAccess(dynamicShadow, at, bytes, access);
    }
    reportThread("OUT_OF_BOUNDS", "", bytesAt(access, bytes, place(at)));
    stop(ILLEGAL_ADDRESS);
}

/** From one launch to the next the order of blocks is another one, and from one block to the next that of its threads. */
Order orderOf(uint64_t block) {
    return settings.order == Order::ALTERNATING ? static_cast<Order>((run.launch + block) % static_cast<int>(Order::ALTERNATING)) : settings.order;
}

void makeOrder(size_t count, uint64_t block) {
    Order order = orderOf(block);
    run.order.resize(count);
    for (size_t i = 0; i < count; i++) run.order[i] = order == Order::DESCENDING ? count - 1 - i : i;
    size_t warps = (count + 31) / 32, at = 0;
    if (order == Order::INTERLEAVED)
        for (size_t lane = 0; lane < 32; lane++)
            for (size_t warp = 0; warp < warps; warp++)
                if (warp * 32 + lane < count) run.order[at++] = warp * 32 + lane;
    if (order == Order::RANDOM) {
        std::minstd_rand random(static_cast<unsigned>(settings.seed * 1000003 + block));
        for (size_t i = count; i > 1; i--) std::swap(run.order[i - 1], run.order[random() % i]);
    }
}

/** All threads that are left wait at a barrier: whether it is the same one for all. */
void checkBarrier() {
    const Thread *first = nullptr;
    for (const Thread &t : run.threads) {
        if (t.state == Thread::DONE) continue;
        if (!first) first = &t;
        if (t.line != first->line) {
            select(t.number);
            reportThread("DIVERGENT_BARRIER", "", "waits at the barrier of line " + std::to_string(t.line) + ", thread " + std::to_string(first->number)
                                                     + " at that of line " + std::to_string(first->line));
            return;
        }
    }
    for (const Thread &t : run.threads)
        if (t.state == Thread::DONE) {
            select(t.number);
            reportThread("DIVERGENT_BARRIER", "", "has returned, and thread " + std::to_string(first->number) + " waits at the barrier of line "
                                                     + std::to_string(first->line));
            return;
        }
}

void passBarrier() {
    checkBarrier();
    run.waiting = 0;
    run.actor.barriers++;
    for (Thread &t : run.threads)
        if (t.state == Thread::AT_BARRIER) t.state = Thread::READY;
}

void enter(size_t number) {
    select(number);
    if (!run.thread->begun) {
        run.thread->begun = true;
        run.thread->fiber = fibers.begin();
    }
    fibers.enter(run.thread->fiber);
}

void runBlock(size_t block) {
    size_t count = run.block.count();
    run.blockIndex = run.grid.at(block);
    run.actor = {run.operation->serial, static_cast<uint32_t>(block) << 10, 0, 0};
    if (++run.sharedRun == 0) run.sharedRun = 1;
    run.warps.assign((count + 31) / 32, {});
    run.threads.resize(count);
    for (size_t i = 0; i < count; i++) {
        Thread &t = run.threads[i];
        t.state = Thread::READY;
        t.index = run.block.at(i);
        t.number = static_cast<unsigned>(i);
        t.begun = t.vote = false;
        run.warps[i / 32].members |= 1u << i % 32;
    }
    makeOrder(count, block);
    if (run.image->shared.end != run.image->shared.begin)
        memset(reinterpret_cast<void *>(run.image->shared.begin), 0xff, run.image->shared.end - run.image->shared.begin);
    memset(dynamicMemory, 0xff, run.dynamicBytes);
    run.next = run.done = run.waiting = 0;
    while (run.done < count && !run.fault) {
        bool moved = false;
        while (run.next < count && !run.fault) {
            moved = true;
            enter(run.order[run.next++]);
        }
        for (size_t i = 0; i < count && !run.fault; i++) {
            Thread &t = run.threads[run.order[i]];
            if (t.state != Thread::READY) continue;
            moved = true;
            enter(t.number);
        }
        if (run.fault) break;
        if (run.waiting && run.waiting + run.done == count) {
            passBarrier();
        } else if (!moved) {
            for (const Thread &t : run.threads)
                if (t.state == Thread::IN_WARP) {
                    select(t.number);
                    break;
                }
            reportThread("DIVERGENT_BARRIER", "", "waits for its warp on line " + std::to_string(run.thread->line) + ", of which some never come");
            run.fault = LAUNCH_FAILED;
        }
    }
}

/** The last thread of those named to arrive lets the others go on; it takes their values before any of them can leave. */
void meetWarp(uint32_t mask, int line) {
    Thread &me = *run.thread;
    Warp &warp = run.warps[me.number / 32];
    uint32_t own = 1u << me.number % 32;
    me.line = line;
    me.mask = mask;
    if (!(mask & own)) {
        reportThread("DIVERGENT_BARRIER", "", "is not of those that it waits for on line " + std::to_string(line));
        stop(LAUNCH_FAILED);
    }
    warp.arrived |= own;
    uint32_t needed = mask & warp.members & ~warp.done;
    if ((warp.arrived & needed) != needed) {
        me.state = Thread::IN_WARP;
        fibers.leave(me.fiber);
        return;
    }
    warp.arrived &= ~needed;
    warp.barriers++;
    Thread *lanes = &run.threads[me.number / 32 * 32];
    uint32_t votes = 0;
    for (uint32_t lane = 0; lane < 32; lane++)
        if (needed >> lane & 1 && lanes[lane].vote) votes |= 1u << lane;
    uint64_t values[32];
    for (uint32_t lane = 0; lane < 32; lane++)
        if (needed >> lane & 1) {
            uint32_t source = lanes[lane].source;
            // a lane that does not take part has nothing to give
            values[lane] = source < 32 && needed >> source & 1 ? lanes[source].value : ~uint64_t{0};
        }
    for (uint32_t lane = 0; lane < 32; lane++)
        if (needed >> lane & 1) {
            lanes[lane].votes = votes;
            lanes[lane].value = values[lane];
            if (lanes[lane].state == Thread::IN_WARP) lanes[lane].state = Thread::READY;
        }
    select(me.number);
}

} // namespace

Status runKernel(const Kernel &kernel, int number, const Image &image, const char *arguments, Extent grid, Extent block, size_t dynamicBytes,
    const Operation &operation) {
    run.kernel = &kernel;
    run.number = number;
    run.launch++;
    run.image = &image;
    run.arguments = arguments;
    run.grid = grid;
    run.block = block;
    run.dynamicBytes = dynamicBytes;
    run.operation = &operation;
    run.fault = SUCCESS;
    run.recent[0] = run.recent[1] = nullptr;
    run.reported.clear();
    size_t blocks = grid.count();
    std::minstd_rand random(static_cast<unsigned>(settings.seed));
    Order order = orderOf(0);
    // of blocks, RANDOM takes a step that meets all of them
    size_t step = order == Order::RANDOM && blocks % 7919 ? 7919 : 1;
    for (size_t i = 0, at = random() % blocks; i < blocks && !run.fault; i++, at = (at + step) % blocks)
        runBlock(order == Order::DESCENDING ? blocks - 1 - i : order == Order::RANDOM ? at : i);
    if (run.fault) fibers.endAll();
    return run.fault;
}

} // namespace emulator

using namespace emulator;

// What kernel.h declares.
extern "C" {
Extent simt_thread() { return run.thread->index; }
Extent simt_block() { return run.blockIndex; }
Extent simt_block_extent() { return run.block; }
Extent simt_grid_extent() { return run.grid; }
unsigned simt_lane() { return run.thread->number % 32; }
char *simt_dynamic_shared() { return dynamicMemory; }

void simt_barrier(int line) {
    run.thread->state = Thread::AT_BARRIER;
    run.thread->line = line;
    run.waiting++;
    fibers.leave(run.thread->fiber);
}

void simt_warp_barrier(unsigned mask, int line) {
    run.thread->source = NO_SOURCE;
    run.thread->vote = false;
    meetWarp(mask, line);
}

uint64_t simt_shuffle(unsigned mask, uint64_t value, unsigned lane, int line) {
    run.thread->source = lane;
    run.thread->value = value;
    run.thread->vote = false;
    meetWarp(mask, line);
    return run.thread->value;
}

unsigned simt_ballot(unsigned mask, int predicate, int line) {
    run.thread->source = NO_SOURCE;
    run.thread->vote = predicate != 0;
    meetWarp(mask, line);
    return run.thread->votes;
}

void simt_atomic(const void *address, size_t bytes) {
    if (settings.checks != Checks::NONE) accessed(address, bytes, Access::ATOMIC, bytes);
}

void simt_trap() {
    reportThread("TRAP", "", "meets __trap()");
    stop(ILLEGAL_INSTRUCTION);
}

// What g++ -fsanitize=thread makes of loads and stores.
#define ACCESS(bytes)                                                                                                                                \
    void __tsan_read##bytes(void *p) { accessed(p, bytes, Access::READ, bytes); }                                                                    \
    void __tsan_write##bytes(void *p) { accessed(p, bytes, Access::WRITE, bytes); }                                                                  \
    void __tsan_volatile_read##bytes(void *p) { accessed(p, bytes, Access::READ, bytes); }                                                           \
    void __tsan_volatile_write##bytes(void *p) { accessed(p, bytes, Access::WRITE, bytes); }
#define UNALIGNED(bytes)                                                                                                                             \
    void __tsan_unaligned_read##bytes(void *p) { accessed(p, bytes, Access::READ, 1); }                                                              \
    void __tsan_unaligned_write##bytes(void *p) { accessed(p, bytes, Access::WRITE, 1); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
UNALIGNED(2)
UNALIGNED(4)
UNALIGNED(8)
UNALIGNED(16)
void __tsan_read_range(void *p, size_t bytes) { accessed(p, bytes, Access::READ, 1); }
void __tsan_write_range(void *p, size_t bytes) { accessed(p, bytes, Access::WRITE, 1); }
void __tsan_init() {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit() {}
}
