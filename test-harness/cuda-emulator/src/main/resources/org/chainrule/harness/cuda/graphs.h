// Graphs: work that was captured from streams, to be queued as one.
#pragma once
#include "streams.h"

namespace emulator {

struct Node {
    std::shared_ptr<Work> work;
    std::vector<size_t> after;
    /** Others that it stands for: what follows it follows them too. */
    std::vector<size_t> beside;
};

struct Graph : Object {
    /** In an order in which each follows those that it waits for. */
    std::vector<std::unique_ptr<Node>> nodes;

    Graph(Context *context, const char *maker) : Object("graph", maker, context) { keep(this); }
};

/** Adds work to the graph that a stream is captured to. */
Status capture(Stream &, std::shared_ptr<Work>);

/** A stream waits for an event that was recorded in a capture: it joins that. */
Status captureWait(Stream &, Event &);

/** What a call that waits for a stream, or queues to it beside a capture, is refused with; SUCCESS where none is under way. */
Status refusedByCapture(Stream &, const char *waits = nullptr);

} // namespace emulator
