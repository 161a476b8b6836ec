// What all parts of the emulator share: status codes, settings, counters, findings, and the objects behind CUDA's handles.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#define CUDA extern "C" __attribute__((visibility("default"))) emulator::Status

namespace emulator {

using Status = int;
using Address = uint64_t;

enum : Status {
#define STATUS(code, name, text) name = code,
#include "statuses.txt"
#undef STATUS
};

const char *nameOf(Status);

/** ALTERNATING takes each of those before it in turn. */
enum class Order { ASCENDING, DESCENDING, INTERLEAVED, RANDOM, ALTERNATING };

/** What is looked at while kernels run. Compiled kernels differ: without checks their loads and stores are not instrumented. */
enum class Checks { NONE, MEMORY, RACES };

struct Settings {
    int devices = 1, driverVersion = 12060, major = 8, minor = 0, multiprocessors = 8;
    size_t memory = size_t{4} << 30;
    bool eager = false;
    Order order = Order::ALTERNATING;
    uint64_t seed = 1;
    Checks checks = Checks::RACES;
    std::string compiler = "g++";
};

extern Settings settings;

/** In the order in which Java reads them. */
struct Counters {
    long launches, graphLaunches, graphKernels, graphNodes, products, allocations, frees, hostAllocations, synchronisations;
    long toDevice, toHost, onDevice, memsets, bytesToDevice, bytesToHost, bytesOnDevice, moduleLoads, compilations;
};

extern Counters counters;

/** Records what is wrong; several of one kind with one text are one finding. */
void report(const char *kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct Context;

/** What a handle points to. Objects stay in memory when they are destroyed, so that later uses of the handle are told from others. */
struct Object {
    const char *kind, *maker;
    long number;
    Context *context;
    bool alive = true;

    Object(const char *kind, const char *maker, Context *context);
    virtual ~Object() = default;
    void destroy();
    /** Whether it must be destroyed by the program; other objects go with their context. */
    virtual bool leaks() const { return true; }
    std::string name() const;
};

struct Stream;

struct Context : Object {
    int device;
    bool primary;
    unsigned flags = 0;
    /** The error after which nothing on this context succeeds, as on a GPU. */
    Status sticky = SUCCESS;
    Stream *null = nullptr;
    struct ByNumber {
        bool operator()(const Object *a, const Object *b) const { return a->number < b->number; }
    };
    std::set<Object *, ByNumber> living;

    Context(int device, bool primary, const char *maker);
    /** Ends it; what still lives in it was leaked. */
    void end();
};

/** The object behind a handle, whatever its state; null where it was never given out. */
Object *known(const void *handle);

/** The living object of that type behind a handle; otherwise null, after a report. */
template <class T> T *living(const void *handle, const char *kind) {
    Object *object = known(handle);
    T *typed = dynamic_cast<T *>(object);
    if (typed && typed->alive) return typed;
    if (typed) report("BAD_HANDLE", "use of %s after it was destroyed", typed->name().c_str());
    else report("BAD_HANDLE", "%p is no %s", handle, kind);
    return nullptr;
}

/** Keeps an object for good. */
template <class T> T *keep(T *object);
void keepObject(Object *);
template <class T> T *keep(T *object) {
    keepObject(object);
    return object;
}

/** A call of the API: holds the lock, makes failures happen that were planned, and refuses what has no context to work on. */
class Call {
  public:
    /** What a call works on: nothing, a driver that was started, a context without an error, or any context, whose objects end there. */
    enum Need { NOTHING, DRIVER, CONTEXT, RELEASE };

    Call(const char *name, Need need);

    Status status;

  private:
    std::lock_guard<std::recursive_mutex> lock;
};

#define CALL(need)                                                                                                                                   \
    emulator::Call call(__func__, emulator::Call::need);                                                                                             \
    if (call.status != emulator::SUCCESS) return call.status

/** The code that a planned failure gives to this call of a function; SUCCESS where none is due. */
Status planned(const char *function);

/** The context that is current on this thread, or null. */
Context *current();

/** Ends everything and begins anew with the settings as they are. */
void startAnew();

bool isInitialised();

/** Reports a function that is there only to be bound to. */
Status notEmulated(const char *function, Status status);

/** The call of the API that is under way on this thread. */
extern thread_local const char *underWay;

} // namespace emulator
