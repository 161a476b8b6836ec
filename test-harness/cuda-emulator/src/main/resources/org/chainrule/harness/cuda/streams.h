// Streams: queues of work. A lazy stream runs its work only when something waits for it.
#pragma once
#include "clock.h"
#include "emulator.h"
#include <deque>
#include <thread>

namespace emulator {

struct Operation;

/** Something that a stream does in its turn, or a node of a graph. */
struct Work {
    virtual ~Work() = default;
    /** @return SUCCESS, or the error that the context has from then on */
    virtual Status run(const Operation &) = 0;
    /** The number that cuGraphNodeGetType gives. */
    virtual int nodeType() const = 0;
    /** Counts it: when it is queued, alone or as part of a graph. */
    virtual void count(bool inGraph) const = 0;
    /** What findings call it; stays for good. */
    virtual const char *label() const = 0;
};

struct Graph;

struct Stream : Object {
    bool blocking;
    int priority = 0;
    size_t slot;
    std::deque<Operation> pending;
    Clock clock;
    uint32_t last = 0, done = 0;
    /** The graph that takes what is queued, while it is captured. */
    Graph *capturing = nullptr;
    bool captureBroken = false, captureOrigin = false;
    int captureMode = 0;
    std::thread::id captureThread;
    /** Nodes of the graph that the next one follows. */
    std::vector<size_t> after;

    /** A branch of a graph that was launched, which counts as a stream where it is asked what waits for what. */
    bool isLane;

    Stream(Context *context, bool blocking, const char *maker, bool isLane = false);
    bool leaks() const override { return this != context->null && !isLane; }
    /** Whether this thread must not wait or take memory: by the mode no thread may, or none but others, or all may. */
    bool captureForbids() const { return captureMode == 0 || (captureMode == 1 && captureThread == std::this_thread::get_id()); }
};

/** A point in a stream: all up to that operation. */
struct Point {
    Stream *stream = nullptr;
    uint32_t serial = 0;
};

struct Operation {
    uint32_t serial;
    Stream *stream;
    std::shared_ptr<Work> work;
    std::vector<Point> waits;
    Clock clock;
    /** Operations below this number are all done before this one begins. */
    uint32_t firstUnordered;

    bool follows(uint32_t other) const;
};

struct Event : Object {
    bool timed;
    bool recorded = false, isDone = false;
    double milliseconds = 0;
    Point point;
    Clock clock;
    /** Where it was recorded last in a capture. */
    Graph *graph = nullptr;
    std::vector<size_t> nodes;

    Event(Context *context, bool timed, const char *maker) : Object("event", maker, context), timed(timed) { keep(this); }
};

/** Those of the context that live. */
std::vector<Stream *> streamsOf(const Context &);

/** The stream of a handle, which null stands for the context's own; null where there is none. */
Stream *streamOf(const void *handle);

/** Queues work, which begins when all of `waits` is done; or adds it to the graph that the stream is captured to. */
Status submit(Stream &, std::shared_ptr<Work>, std::vector<Point> waits = {});

/** What a graph does, after some of what it did before, in its branch. */
struct GraphPart {
    std::shared_ptr<Work> work;
    std::vector<size_t> after;
    Stream *lane;
};

/** Queues a graph: its parts run one after the other, and count as ordered only where one follows the other. */
Status submitGraph(Stream &, const std::vector<GraphPart> &);

/** Runs what a stream has up to an operation, with all that it waits for; the host knows it to be done from then on. */
Status runThrough(Stream &, uint32_t serial);
Status runAll(Stream &);
Status runAll(Context &);

/** An error where a stream of the context is captured, which this call then breaks; SUCCESS elsewhere. */
Status refusedWhileCapturing(const char *call);

/** The name of the operation of that number. */
std::string nameOfOperation(uint32_t serial);

/** Queues work to the context's own stream and waits for it. */
Status runNow(std::shared_ptr<Work>);

/** The host has waited for what is before that point. */
void hostKnows(const Clock &);

void forgetStreams();
void forgetContexts();

} // namespace emulator
