// Finds out when the program touches memory of the host that a queued copy still needs: the pages are protected, and the signal tells.
#include "hostmemory.h"
#include <atomic>
#include <csignal>
#include <sys/mman.h>
#include <ucontext.h>

namespace emulator {

namespace {

constexpr size_t PAGE = 4096;

/** Read by the signal handler, so of a fixed size and without a lock. */
struct Slot {
    std::atomic<bool> used;
    std::atomic<int> reads, writes;
    const char *begin, *end;
    HostMemory *memory;
    bool isRead;
    const char *label;
};
Slot slots[4096];
thread_local int own;
struct sigaction previous;

char *pageOf(const char *p) { return reinterpret_cast<char *>(reinterpret_cast<uintptr_t>(p) & ~(PAGE - 1)); }

/** Protects pages as much as the copies need that are queued. */
void protect(const char *begin, const char *end) {
    for (char *page = pageOf(begin); page < end; page += PAGE) {
        int rights = PROT_READ | PROT_WRITE;
        for (Slot &s : slots)
            if (s.used && s.begin < page + PAGE && s.end > page) rights &= s.isRead ? PROT_READ : PROT_NONE;
        mprotect(page, PAGE, rights);
    }
}

/** Faults in pages of ours are noted and the program goes on; all others are the virtual machine's. */
void onFault(int signal, siginfo_t *info, void *context) {
    const char *at = static_cast<const char *>(info->si_addr);
    bool isOurs = false;
    bool isWrite = static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_ERR] & 2;
    for (Slot &s : slots) {
        if (!s.used || pageOf(at) + PAGE <= s.begin || pageOf(at) >= s.end) continue;
        isOurs = true;
        // a page may hold other things too
        if (at >= s.begin && at < s.end && !own) (isWrite ? s.writes : s.reads)++;
    }
    if (isOurs) {
        mprotect(pageOf(at), PAGE, PROT_READ | PROT_WRITE);
    } else if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else {
        // as if this handler were not here
        sigaction(signal, &previous, nullptr);
    }
}

void listen() {
    static bool listens;
    if (listens) return;
    listens = true;
    struct sigaction action = {};
    action.sa_sigaction = onFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(SIGSEGV, &action, &previous);
}

} // namespace

Watch::Watch(HostMemory &memory, const void *from, size_t bytes, bool isRead, const char *label) : slot(0) {
    while (slot < 4096 && slots[slot].used) slot++;
    if (slot == 4096) return;
    Slot &s = slots[slot];
    s.begin = static_cast<const char *>(from);
    s.end = s.begin + bytes;
    s.memory = &memory;
    s.isRead = isRead;
    s.label = label;
    s.reads = s.writes = 0;
    s.used = true;
    // of memory that is only registered the pages hold other things of the program
    if (memory.registered) return;
    listen();
    protect(s.begin, s.end);
}

Watch::~Watch() {
    if (slot == 4096) return;
    Slot &s = slots[slot];
    s.used = false;
    if (s.memory->registered || !s.memory->alive) return;
    protect(s.begin, s.end);
    for (bool write : {false, true})
        if (write ? s.writes : s.reads)
            report("HOST_MEMORY", "the host %s memory of %s before %s that was queued has run", write ? "writes" : "reads", s.memory->name().c_str(), s.label);
}

const char *pendingCopyOf(const HostMemory &memory) {
    for (Slot &s : slots)
        if (s.used && s.memory == &memory) return s.label;
    return nullptr;
}

OwnAccess::OwnAccess() { own++; }
OwnAccess::~OwnAccess() { own--; }

} // namespace emulator
