#include "streams.h"
#include "graphs.h"
#include <chrono>

namespace emulator {

/** For each operation its stream's slot and what it was. */
struct Past {
    size_t slot;
    const char *label;
};
static std::vector<Past> past = {{0, ""}};
static std::vector<Stream *> slots;
static Clock host;

Stream::Stream(Context *context, bool blocking, const char *maker, bool isLane) : Object("stream", maker, context), blocking(blocking), isLane(isLane) {
    keep(this);
    // the slot of a stream that was destroyed serves again: operations are numbered through, so its old ones stay the older ones
    for (slot = 0; slot < slots.size() && slots[slot]->alive; slot++)
        ;
    if (slot == slots.size()) slots.push_back(this);
    else slots[slot] = this;
}

bool Operation::follows(uint32_t other) const { return other < past.size() && clock.at(past[other].slot) >= other; }

std::string nameOfOperation(uint32_t serial) { return serial < past.size() ? past[serial].label : "an earlier operation"; }

void forgetStreams() {
    // numbers go on, for shadows are not compared across
    slots.clear();
    host.clear();
}

Stream *streamOf(const void *handle) {
    // 1 and 2 are the legacy stream and that of the thread
    if (reinterpret_cast<uintptr_t>(handle) <= 2) return current()->null;
    return living<Stream>(handle, "stream");
}

std::vector<Stream *> streamsOf(const Context &context) {
    std::vector<Stream *> result;
    for (Stream *stream : slots)
        if (stream->context == &context && stream->alive) result.push_back(stream);
    return result;
}

void hostKnows(const Clock &clock) { host.join(clock); }

/** Does nothing but wait. */
struct Wait : Work {
    Status run(const Operation &) override { return SUCCESS; }
    int nodeType() const override { return 5; }
    void count(bool) const override {}
    const char *label() const override { return "a wait for an event"; }
};

/** The number of the next operation, which counts as one of that stream. */
static uint32_t number(const Stream &stream, const Work &work) {
    past.push_back({stream.slot, work.label()});
    return static_cast<uint32_t>(past.size() - 1);
}

static uint32_t firstUnordered(const Stream &stream, const Clock &clock, uint32_t serial) {
    uint32_t first = serial + 1;
    for (Stream *other : slots)
        if (other != &stream && other->last > clock.at(other->slot)) first = std::min(first, clock.at(other->slot) + 1);
    return first;
}

static Status queue(Stream &stream, std::shared_ptr<Work> work, std::vector<Point> waits) {
    uint32_t serial = number(stream, *work);
    auto waitFor = [&](Stream &other) {
        if (other.last == 0) return;
        stream.clock.join(other.clock);
        waits.push_back({&other, other.last});
    };
    // the context's own stream and the blocking ones take turns
    if (&stream == stream.context->null) {
        for (Stream *other : streamsOf(*stream.context))
            if (other != &stream && other->blocking) waitFor(*other);
    } else if (stream.blocking) {
        waitFor(*stream.context->null);
    }
    stream.clock.join(host);
    uint32_t first = firstUnordered(stream, stream.clock, serial);
    stream.pending.push_back({serial, &stream, std::move(work), std::move(waits), stream.clock, first});
    stream.clock.set(stream.slot, serial);
    stream.last = serial;
    return settings.eager ? runThrough(stream, serial) : SUCCESS;
}

Status submit(Stream &stream, std::shared_ptr<Work> work, std::vector<Point> waits) {
    if (stream.capturing) return capture(stream, std::move(work));
    if (Status refused = refusedByCapture(stream)) return refused;
    work->count(false);
    return queue(stream, std::move(work), std::move(waits));
}

Status submitGraph(Stream &stream, const std::vector<GraphPart> &parts) {
    if (Status refused = refusedByCapture(stream)) return refused;
    counters.graphLaunches++;
    counters.graphNodes += static_cast<long>(parts.size());
    if (Status status = queue(stream, std::make_shared<Wait>(), {})) return status;
    std::vector<Clock> clocks(parts.size(), stream.clock);
    for (size_t i = 0; i < parts.size(); i++) {
        const GraphPart &part = parts[i];
        part.work->count(true);
        uint32_t serial = number(*part.lane, *part.work);
        for (size_t before : part.after) clocks[i].join(clocks[before]);
        stream.pending.push_back({serial, &stream, part.work, {}, clocks[i], firstUnordered(*part.lane, clocks[i], serial)});
        clocks[i].set(part.lane->slot, serial);
        part.lane->last = serial;
    }
    for (const Clock &clock : clocks) stream.clock.join(clock);
    return queue(stream, std::make_shared<Wait>(), {});
}

Status runThrough(Stream &stream, uint32_t serial) {
    while (!stream.pending.empty() && stream.pending.front().serial <= serial) {
        Operation operation = std::move(stream.pending.front());
        stream.pending.pop_front();
        for (Point &point : operation.waits) runThrough(*point.stream, point.serial);
        Status &sticky = stream.context->sticky;
        if (!sticky) sticky = operation.work->run(operation);
        stream.done = operation.serial;
    }
    return stream.context->sticky;
}

Status runAll(Stream &stream) { return runThrough(stream, stream.last); }

Status runAll(Context &context) {
    for (Stream *stream : slots)
        if (stream->context == &context) {
            runAll(*stream);
            hostKnows(stream->clock);
        }
    return context.sticky;
}

Status runNow(std::shared_ptr<Work> work) {
    Stream &stream = *current()->null;
    if (Status refused = refusedWhileCapturing(underWay)) return refused;
    if (Status status = submit(stream, std::move(work))) return status;
    Status status = runAll(stream);
    hostKnows(stream.clock);
    return status;
}

struct Record : Work {
    Event &event;

    explicit Record(Event &event) : event(event) {}
    Status run(const Operation &operation) override {
        auto now = std::chrono::steady_clock::now().time_since_epoch();
        event.milliseconds = std::chrono::duration<double, std::milli>(now).count();
        if (event.point.serial <= operation.serial) event.isDone = true;
        return SUCCESS;
    }
    int nodeType() const override { return 7; }
    void count(bool) const override {}
    const char *label() const override { return "the record of an event"; }
};

struct HostCall : Work {
    void (*function)(void *);
    void *data;

    HostCall(void (*function)(void *), void *data) : function(function), data(data) {}
    Status run(const Operation &) override {
        function(data);
        return SUCCESS;
    }
    int nodeType() const override { return 3; }
    void count(bool) const override {}
    const char *label() const override { return "a call of the host"; }
};

} // namespace emulator

using namespace emulator;

#define STREAM(name, handle)                                                                                                                         \
    Stream *name = streamOf(handle);                                                                                                                 \
    if (!name) return INVALID_HANDLE
#define EVENT(name, handle)                                                                                                                          \
    Event *name = living<Event>(handle, "event");                                                                                                    \
    if (!name) return INVALID_HANDLE

CUDA cuStreamCreate(Stream **stream, unsigned flags) {
    CALL(CONTEXT);
    if (flags > 1) return INVALID_VALUE;
    *stream = new Stream(current(), flags == 0, __func__);
    return SUCCESS;
}

CUDA cuStreamCreateWithPriority(Stream **stream, unsigned flags, int priority) {
    CALL(CONTEXT);
    if (flags > 1) return INVALID_VALUE;
    *stream = new Stream(current(), flags == 0, __func__);
    (*stream)->priority = priority;
    return SUCCESS;
}

CUDA cuStreamDestroy_v2(void *handle) {
    CALL(RELEASE);
    if (!handle) return INVALID_HANDLE;
    STREAM(stream, handle);
    runAll(*stream);
    stream->destroy();
    return current()->sticky;
}

CUDA cuStreamSynchronize(void *handle) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    counters.synchronisations++;
    if (Status refused = refusedByCapture(*stream, "cuStreamSynchronize")) return refused;
    Status status = runAll(*stream);
    hostKnows(stream->clock);
    return status;
}

/** Each question lets a lazy stream do one thing, so that asking until all is done comes to an end. */
static Status ask(Stream &stream, uint32_t serial) {
    if (stream.done >= serial) return SUCCESS;
    Status status = runThrough(stream, stream.pending.front().serial);
    return status ? status : NOT_READY;
}

CUDA cuStreamQuery(void *handle) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    if (Status refused = refusedByCapture(*stream, "cuStreamQuery")) return refused;
    if (Status status = ask(*stream, stream->last)) return status;
    hostKnows(stream->clock);
    return SUCCESS;
}

CUDA cuStreamWaitEvent(void *handle, void *eventHandle, unsigned) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    EVENT(event, eventHandle);
    if (event->graph) return captureWait(*stream, *event);
    if (!event->recorded) return SUCCESS;
    stream->clock.join(event->clock);
    return submit(*stream, std::make_shared<Wait>(), {event->point});
}

CUDA cuStreamGetFlags(void *handle, unsigned *flags) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    *flags = !stream->blocking;
    return SUCCESS;
}

CUDA cuStreamGetPriority(void *handle, int *priority) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    *priority = stream->priority;
    return SUCCESS;
}

CUDA cuStreamGetCtx(void *handle, Context **context) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    *context = stream->context;
    return SUCCESS;
}

CUDA cuLaunchHostFunc(void *handle, void (*function)(void *), void *data) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    return submit(*stream, std::make_shared<HostCall>(function, data));
}

CUDA cuEventCreate(Event **event, unsigned flags) {
    CALL(CONTEXT);
    *event = new Event(current(), !(flags & 2), __func__);
    return SUCCESS;
}

CUDA cuEventDestroy_v2(void *handle) {
    CALL(RELEASE);
    EVENT(event, handle);
    event->destroy();
    return current()->sticky;
}

CUDA cuEventRecord(void *eventHandle, void *handle) {
    CALL(CONTEXT);
    STREAM(stream, handle);
    EVENT(event, eventHandle);
    if (stream->capturing) {
        event->graph = stream->capturing;
        event->nodes = stream->after;
        return SUCCESS;
    }
    event->graph = nullptr;
    event->recorded = true;
    event->isDone = false;
    // what it stands for is known before it may run
    event->point = {stream, 0};
    Status status = submit(*stream, std::make_shared<Record>(*event));
    event->point.serial = stream->last;
    event->clock = stream->clock;
    return status;
}

CUDA cuEventRecordWithFlags(void *event, void *stream, unsigned) { return cuEventRecord(event, stream); }

CUDA cuEventSynchronize(void *handle) {
    CALL(CONTEXT);
    EVENT(event, handle);
    counters.synchronisations++;
    if (event->graph) return CAPTURED_EVENT;
    if (Status refused = refusedWhileCapturing("cuEventSynchronize")) return refused;
    if (!event->recorded) return SUCCESS;
    Status status = runThrough(*event->point.stream, event->point.serial);
    hostKnows(event->clock);
    return status;
}

CUDA cuEventQuery(void *handle) {
    CALL(CONTEXT);
    EVENT(event, handle);
    if (event->graph) return CAPTURED_EVENT;
    if (Status refused = refusedWhileCapturing("cuEventQuery")) return refused;
    if (!event->recorded) return SUCCESS;
    if (Status status = ask(*event->point.stream, event->point.serial)) return status;
    hostKnows(event->clock);
    return SUCCESS;
}

CUDA cuEventElapsedTime(float *milliseconds, void *from, void *to) {
    CALL(CONTEXT);
    EVENT(start, from);
    EVENT(end, to);
    if (!start->recorded || !end->recorded || !start->timed || !end->timed) return INVALID_HANDLE;
    if (!start->isDone || !end->isDone) return NOT_READY;
    *milliseconds = static_cast<float>(end->milliseconds - start->milliseconds);
    return SUCCESS;
}
