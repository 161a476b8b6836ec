package org.chainrule.cpu;

import java.util.Set;
import java.util.function.IntConsumer;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;

/** Composites over one axis in one pass over blocks of whole rows: softmax, log-softmax and normalisation. */
final class RowKernel implements CpuExecutable.Work, IntConsumer {
    /** What has a kernel here. */
    static final Set<String> NAMES = Set.of("softmax", "log_softmax", "normalize");

    private static final int SHARE = 1 << 14;

    private final Kernel.Composite k;
    private final Threads threads;
    private final RowFunction function;
    private final Strides from, to;
    private final int rows, length, parts, block;
    private final Register[] registers;
    private final Strides.Cursor[] loads, stores;
    private HostBuffer[] memory = {};

    /** {@code rows} adjacent rows of length {@code n}, in place. */
    interface RowFunction {
        void apply(float[] x, int rows, int n);

        void apply(double[] x, int rows, int n);
    }

    RowKernel(Kernel.Composite k, Threads threads) {
        this.k = k;
        this.threads = threads;
        int rank = k.result().layout().shape().rank();
        int axis = k.name().equals("normalize") ? rank - 1 : k.attributes().getFirst().intValue();
        java.util.List<Integer> order = new java.util.ArrayList<>();
        for (int a = 0; a < rank; a++) if (a != axis) order.add(a);
        order.add(axis);
        Layout in = k.in().getFirst().layout().permute(order), out = k.result().layout().permute(order);
        this.from = new Strides(in);
        this.to = new Strides(out);
        this.length = in.shape().dim(rank - 1);
        this.rows = length == 0 ? 0 : Math.toIntExact(in.shape().size() / length);
        this.function = switch (k.name()) {
            case "softmax" -> new RowFunctions.Softmax();
            case "log_softmax" -> new RowFunctions.LogSoftmax();
            case "normalize" -> new RowFunctions.Normalize(k.attributes().getFirst());
            default ->
                    throw new org.chainrule.UnsupportedOpException("cpu has no kernel for the composite " + k.name());
        };
        this.parts = Math.clamp((long) rows * length / SHARE, 1, threads.size());
        this.block = Math.clamp(Tape.BLOCK / Math.max(1, length), 1, Math.max(1, rows));
        this.registers = new Register[parts];
        this.loads = new Strides.Cursor[parts];
        this.stores = new Strides.Cursor[parts];
        for (int i = 0; i < parts; i++) {
            registers[i] = new Register(Carrier.of(k.result().dtype()));
            registers[i].scratch(block * length);
            loads[i] = from.new Cursor();
            stores[i] = to.new Cursor();
        }
    }

    @Override
    public void run(HostBuffer[] memory, long[] streams) {
        this.memory = memory;
        threads.parallel(parts, this);
    }

    @Override
    public void accept(int part) {
        Object in = memory[k.in().getFirst().slot()].array(), out = memory[k.result().slot()].array();
        Register r = registers[part];
        int end = (int) ((long) rows * (part + 1) / parts);
        for (int row = (int) ((long) rows * part / parts); row < end; row += block) {
            int many = Math.min(block, end - row);
            Strides.Cursor c = loads[part];
            c.begin(row * length, many * length);
            while (c.next()) Transfer.load(in, k.in().getFirst().dtype(), c.at, c.stride(), r, c.done, c.length);
            if (r.carrier == Carrier.FLOAT) function.apply(r.floats, many, length);
            else function.apply(r.doubles, many, length);
            c = stores[part];
            c.begin(row * length, many * length);
            while (c.next()) Transfer.store(r, c.done, out, k.result().dtype(), c.at, c.stride(), c.length);
        }
    }
}
