package org.chainrule.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Replay;
import org.chainrule.plan.Kernel;

/**
 * The functions of a schedule as one graph, which one call starts. The first run queues them one by one, for what runs once is not worth a graph; the second
 * makes it: a node for each kernel, and what cuBLAS queues for a product captured as a graph within it. Arguments that change from run to run are changed in
 * the nodes. (A graph that is captured whole would have to be searched for its nodes, and JCuda's cuGraphGetNodes tells the driver no capacity.)
 */
final class Graph implements Replay {
    private static final String MAKING = "making a graph";

    private final CudaQueue queue;
    private final List<Captured> functions;
    private final Replay oneByOne;
    /** What the graph was made from: its nodes stand for those of the graph. */
    private final CUgraph plan = new CUgraph();
    private final CUgraphExec graph = new CUgraphExec();
    private final Map<CudaFunction, CUgraphNode> nodes = new HashMap<>();
    private boolean ran, made;

    Graph(CudaQueue queue, List<DeviceFunction> functions, Replay oneByOne) {
        this.queue = queue;
        this.functions = functions.stream().map(Captured.class::cast).toList();
        this.oneByOne = oneByOne;
    }

    @Override
    public void run() {
        if (!ran || functions.size() < 2) {
            oneByOne.run();
            ran = true;
            return;
        }
        if (!made) make();
        else change();
        Kernel.Label last = functions.getLast().label();
        check(cuGraphLaunch(graph, queue.stream()), "starting a graph that ends in " + last);
        queue.started(last);
    }

    /** Has the nodes take arguments that were set since; what cuBLAS made of its own is captured anew. */
    private void change() {
        boolean again = false;
        for (Captured f : functions) {
            if (!f.takeChanged()) continue;
            switch (f) {
                case CudaFunction k -> check(
                        cuGraphExecKernelNodeSetParams(graph, Optional.ofNullable(nodes.get(k)).orElseThrow(),
                                k.node()),
                        "changing a graph");
                case CublasFunction _ -> again = true;
            }
        }
        if (!again) return;
        close();
        make();
    }

    private void make() {
        check(cuGraphCreate(plan, 0), MAKING);
        try {
            CUgraphNode[] before = {};
            for (Captured f : functions) {
                f.takeChanged();
                before = new CUgraphNode[] {add(f, before)};
            }
            check(cuGraphInstantiate(graph, plan, 0), MAKING);
            made = true;
        } finally {
            if (!made) cuGraphDestroy(plan);
        }
    }

    private CUgraphNode add(Captured function, CUgraphNode[] before) {
        CUgraphNode node = new CUgraphNode();
        switch (function) {
            case CudaFunction k -> {
                check(cuGraphAddKernelNode(node, plan, before, before.length, k.node()), MAKING);
                nodes.put(k, node);
            }
            case CublasFunction p -> {
                CUgraph product = captured(p);
                int status = cuGraphAddChildGraphNode(node, plan, before, before.length, product);
                cuGraphDestroy(product);
                check(status, MAKING);
            }
        }
        return node;
    }

    private CUgraph captured(CublasFunction product) {
        CUgraph captured = new CUgraph();
        check(cuStreamBeginCapture(queue.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), MAKING);
        boolean complete = false;
        try {
            product.queue();
            complete = true;
        } finally {
            int status = cuStreamEndCapture(queue.stream(), captured);
            // what failed before is the reason
            if (complete) check(status, MAKING);
            else if (status == CUresult.CUDA_SUCCESS) cuGraphDestroy(captured);
        }
        return captured;
    }

    private void check(int status, String doing) {
        Cuda.check(status, queue.device(), doing);
    }

    @Override
    public void close() {
        if (!made) return;
        made = false;
        nodes.clear();
        cuGraphExecDestroy(graph);
        cuGraphDestroy(plan);
    }
}
