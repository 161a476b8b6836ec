#include "graphs.h"
#include "launch.h"
#include "memory.h"

namespace emulator {

struct Exec : Object {
    Graph *graph;
    std::vector<GraphPart> parts;

    Exec(Graph *graph, const char *maker) : Object("executable graph", maker, graph->context), graph(graph) {
        keep(this);
        // a branch goes on where the first node that follows it does; others begin branches of their own
        std::vector<bool> continued(graph->nodes.size());
        for (auto &node : graph->nodes) {
            Stream *lane = nullptr;
            for (size_t before : node->after)
                if (!lane && !continued[before]) {
                    lane = parts[before].lane;
                    continued[before] = true;
                }
            parts.push_back({copied(node->work), node->after, lane ? lane : new Stream(context, false, "cuGraphInstantiate", true)});
        }
    }

    /** Kernels are copied, for their parameters may be set anew. */
    static std::shared_ptr<Work> copied(const std::shared_ptr<Work> &work) {
        auto launch = std::dynamic_pointer_cast<KernelLaunch>(work);
        return launch ? std::make_shared<KernelLaunch>(*launch) : work;
    }
};

static Stream *capturingStream() {
    for (Stream *stream : streamsOf(*current()))
        if (stream->capturing) return stream;
    return nullptr;
}

static void breakCapture(Graph *graph, const char *call) {
    report("CAPTURE", "%s while a stream is captured to a graph, which breaks the capture", call);
    for (Stream *stream : streamsOf(*graph->context))
        if (stream->capturing == graph) stream->captureBroken = true;
}

Status refusedWhileCapturing(const char *call) {
    Stream *stream = capturingStream();
    if (!stream || !stream->captureForbids()) return SUCCESS;
    breakCapture(stream->capturing, call);
    return STREAM_CAPTURE_UNSUPPORTED;
}

Status refusedByCapture(Stream &stream, const char *waits) {
    if (stream.capturing && waits) {
        breakCapture(stream.capturing, waits);
        return STREAM_CAPTURE_UNSUPPORTED;
    }
    if (&stream != stream.context->null) return SUCCESS;
    Stream *other = capturingStream();
    if (!other || !other->blocking) return SUCCESS;
    breakCapture(other->capturing, "the use of the context's own stream");
    return STREAM_CAPTURE_IMPLICIT;
}

Status capture(Stream &stream, std::shared_ptr<Work> work) {
    if (stream.captureBroken) return STREAM_CAPTURE_INVALIDATED;
    Graph &graph = *stream.capturing;
    graph.nodes.push_back(std::make_unique<Node>(Node{std::move(work), stream.after, {}}));
    stream.after = {graph.nodes.size() - 1};
    return SUCCESS;
}

Status captureWait(Stream &stream, Event &event) {
    if (stream.capturing && stream.capturing != event.graph) return STREAM_CAPTURE_MERGE;
    if (!stream.capturing) stream.after.clear();
    for (Stream *other : streamsOf(*stream.context))
        if (other->capturing == event.graph && other->captureOrigin) {
            stream.captureMode = other->captureMode;
            stream.captureThread = other->captureThread;
        }
    stream.capturing = event.graph;
    stream.after.insert(stream.after.end(), event.nodes.begin(), event.nodes.end());
    return SUCCESS;
}

/** Whether all that streams brought into the capture comes together in its first stream. */
static bool isJoined(const Graph &graph, const Stream &origin) {
    std::vector<bool> reached(graph.nodes.size());
    for (size_t node : origin.after) reached[node] = true;
    for (size_t i = graph.nodes.size(); i-- > 0;)
        if (reached[i])
            for (size_t before : graph.nodes[i]->after) reached[before] = true;
    return std::find(reached.begin(), reached.end(), false) == reached.end();
}

/** The node's place in its graph, among all graphs of the context; null where it is none. */
static Node *nodeOf(const Graph &graph, const void *handle) {
    for (auto &node : graph.nodes)
        if (node.get() == handle) return node.get();
    return nullptr;
}

static Node *nodeOf(const void *handle) {
    for (Object *object : current()->living)
        if (Graph *graph = dynamic_cast<Graph *>(object))
            if (Node *node = nodeOf(*graph, handle)) return node;
    report("BAD_HANDLE", "%p is no node of a graph", handle);
    return nullptr;
}

} // namespace emulator

using namespace emulator;

CUDA cuStreamBeginCapture_v2(void *handle, int mode) {
    CALL(CONTEXT);
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    if (mode < 0 || mode > 2) return INVALID_VALUE;
    if (stream == current()->null || stream->capturing) return STREAM_CAPTURE_UNSUPPORTED;
    stream->capturing = new Graph(current(), "cuStreamEndCapture");
    stream->captureOrigin = true;
    stream->captureMode = mode;
    stream->captureThread = std::this_thread::get_id();
    stream->captureBroken = false;
    stream->after.clear();
    return SUCCESS;
}

CUDA cuStreamEndCapture(void *handle, Graph **result) {
    CALL(CONTEXT);
    *result = nullptr;
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    Graph *graph = stream->capturing;
    if (!graph || !stream->captureOrigin) return STREAM_CAPTURE_UNMATCHED;
    Status status = stream->captureBroken ? STREAM_CAPTURE_INVALIDATED : isJoined(*graph, *stream) ? SUCCESS : STREAM_CAPTURE_UNJOINED;
    if (status == STREAM_CAPTURE_UNJOINED) report("CAPTURE", "a stream that joined the capture does not come back to the stream that began it");
    for (Stream *other : streamsOf(*current()))
        if (other->capturing == graph) {
            other->capturing = nullptr;
            other->captureOrigin = other->captureBroken = false;
        }
    for (Object *object : current()->living)
        if (Event *event = dynamic_cast<Event *>(object); event && event->graph == graph) event->graph = nullptr;
    if (status) graph->destroy();
    else *result = graph;
    return status;
}

CUDA cuStreamIsCapturing(void *handle, int *state) {
    CALL(CONTEXT);
    Stream *stream = streamOf(handle);
    if (!stream) return INVALID_HANDLE;
    *state = stream->captureBroken ? 2 : stream->capturing ? 1 : 0;
    return SUCCESS;
}

CUDA cuThreadExchangeStreamCaptureMode(int *) {
    CALL(NOTHING);
    return SUCCESS;
}

CUDA cuGraphCreate(Graph **graph, unsigned) {
    CALL(CONTEXT);
    *graph = new Graph(current(), __func__);
    return SUCCESS;
}

/** Adds a node that follows others of the graph. */
static Status add(Graph &graph, Node **result, std::shared_ptr<Work> work, Node *const *before, size_t count) {
    std::vector<size_t> after;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < graph.nodes.size() && graph.nodes[at].get() != before[i]) at++;
        if (at == graph.nodes.size()) {
            report("BAD_HANDLE", "%p is no node of %s", static_cast<void *>(before[i]), graph.name().c_str());
            return INVALID_VALUE;
        }
        after.push_back(at);
        after.insert(after.end(), graph.nodes[at]->beside.begin(), graph.nodes[at]->beside.end());
    }
    graph.nodes.push_back(std::make_unique<Node>(Node{std::move(work), std::move(after), {}}));
    *result = graph.nodes.back().get();
    return SUCCESS;
}

CUDA cuGraphAddKernelNode_v2(Node **result, void *handle, Node *const *before, size_t count, const KernelNodeParameters *parameters) {
    CALL(CONTEXT);
    Graph *graph = living<Graph>(handle, "graph");
    if (!graph) return INVALID_VALUE;
    std::shared_ptr<Work> work;
    if (Status status = KernelLaunch::of(*parameters, work)) return status;
    return add(*graph, result, std::move(work), before, count);
}

/** The nodes of the other graph become nodes of this one; the last of them stands for all. */
CUDA cuGraphAddChildGraphNode(Node **result, void *handle, Node *const *before, size_t count, void *childHandle) {
    CALL(CONTEXT);
    Graph *graph = living<Graph>(handle, "graph"), *child = living<Graph>(childHandle, "graph");
    if (!graph || !child || child->nodes.empty()) return INVALID_VALUE;
    size_t first = graph->nodes.size();
    for (auto &node : child->nodes) {
        Status status = add(*graph, result, node->work, before, node->after.empty() ? count : 0);
        if (status) return status;
        for (size_t i : node->after) graph->nodes.back()->after.push_back(first + i);
        if (graph->nodes.size() - first < child->nodes.size()) continue;
        for (size_t i = first; i + 1 < graph->nodes.size(); i++) graph->nodes.back()->beside.push_back(i);
    }
    return SUCCESS;
}

CUDA cuGraphInstantiateWithFlags(Exec **exec, void *handle, unsigned long long) {
    CALL(CONTEXT);
    Graph *graph = living<Graph>(handle, "graph");
    if (!graph) return INVALID_VALUE;
    *exec = new Exec(graph, __func__);
    return SUCCESS;
}

CUDA cuGraphUpload(void *handle, void *stream) {
    CALL(CONTEXT);
    return living<Exec>(handle, "executable graph") && streamOf(stream) ? SUCCESS : INVALID_VALUE;
}

CUDA cuGraphLaunch(void *handle, void *streamHandle) {
    CALL(CONTEXT);
    Exec *exec = living<Exec>(handle, "executable graph");
    Stream *stream = streamOf(streamHandle);
    if (!exec || !stream) return INVALID_VALUE;
    std::vector<GraphPart> parts = exec->parts;
    for (GraphPart &part : parts) {
        auto launch = std::dynamic_pointer_cast<KernelLaunch>(part.work);
        if (launch && !launch->isLoaded()) return INVALID_HANDLE;
        // with the parameters that it has at this time
        part.work = Exec::copied(part.work);
    }
    if (stream->capturing) {
        for (GraphPart &part : parts)
            if (Status status = capture(*stream, part.work)) return status;
        return SUCCESS;
    }
    return submitGraph(*stream, parts);
}

CUDA cuGraphDestroy(void *handle) {
    CALL(RELEASE);
    Graph *graph = living<Graph>(handle, "graph");
    if (!graph) return INVALID_VALUE;
    graph->destroy();
    return current()->sticky;
}

CUDA cuGraphExecDestroy(void *handle) {
    CALL(RELEASE);
    Exec *exec = living<Exec>(handle, "executable graph");
    if (!exec) return INVALID_VALUE;
    for (GraphPart &part : exec->parts) part.lane->destroy();
    exec->destroy();
    return current()->sticky;
}

CUDA cuGraphGetNodes(void *handle, Node **nodes, size_t *count) {
    CALL(CONTEXT);
    Graph *graph = living<Graph>(handle, "graph");
    if (!graph) return INVALID_VALUE;
    for (size_t i = 0; nodes && i < *count; i++) nodes[i] = i < graph->nodes.size() ? graph->nodes[i].get() : nullptr;
    if (!nodes || *count > graph->nodes.size()) *count = graph->nodes.size();
    return SUCCESS;
}

CUDA cuGraphNodeGetType(void *handle, int *type) {
    CALL(CONTEXT);
    Node *node = nodeOf(handle);
    if (!node) return INVALID_VALUE;
    *type = node->work->nodeType();
    return SUCCESS;
}

CUDA cuGraphKernelNodeGetParams_v2(void *handle, KernelNodeParameters *parameters) {
    CALL(CONTEXT);
    Node *node = nodeOf(handle);
    KernelLaunch *launch = node ? dynamic_cast<KernelLaunch *>(node->work.get()) : nullptr;
    if (!launch) return INVALID_VALUE;
    *parameters = launch->parameters();
    return SUCCESS;
}

CUDA cuGraphKernelNodeSetParams_v2(void *handle, const KernelNodeParameters *parameters) {
    CALL(CONTEXT);
    Node *node = nodeOf(handle);
    if (!node || node->work->nodeType() != KernelLaunch::NODE) return INVALID_VALUE;
    return KernelLaunch::of(*parameters, node->work);
}

CUDA cuGraphExecKernelNodeSetParams_v2(void *execHandle, void *handle, const KernelNodeParameters *parameters) {
    CALL(CONTEXT);
    Exec *exec = living<Exec>(execHandle, "executable graph");
    if (!exec) return INVALID_VALUE;
    for (size_t i = 0; i < exec->graph->nodes.size(); i++)
        if (exec->graph->nodes[i].get() == handle && exec->parts[i].work->nodeType() == KernelLaunch::NODE)
            return KernelLaunch::of(*parameters, exec->parts[i].work);
    report("BAD_HANDLE", "%p is no kernel of %s", handle, exec->name().c_str());
    return INVALID_VALUE;
}
