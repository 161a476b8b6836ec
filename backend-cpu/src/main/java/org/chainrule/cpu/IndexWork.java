package org.chainrule.cpu;

import java.util.Arrays;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/** Kernels that follow indices or scan an axis: one pass in row-major order. */
final class IndexWork {
    private IndexWork() {}

    /** The lines of a shape along one axis: where each begins in an operand. */
    private record Lines(Shape across, int axis) {
        static Lines of(Shape shape, int axis) {
            return new Lines(shape.with(axis, Math.min(1, shape.dim(axis))), axis);
        }

        int[] starts(Layout l) {
            int[] at = new int[Math.toIntExact(across.size())], i = new int[across.rank()];
            for (int n = 0; n < at.length; n++) {
                int o = l.offset();
                for (int a = 0; a < i.length; a++) o += i[a] * l.stride()[a];
                at[n] = o;
                for (int a = i.length - 1; a >= 0 && ++i[a] == across.dim(a); a--) i[a] = 0;
            }
            return at;
        }
    }

    private static double number(Object array, DType type, int i) {
        return switch (array) {
            case float[] a -> a[i];
            case double[] a -> a[i];
            case int[] a -> a[i];
            case long[] a -> a[i];
            case byte[] a -> a[i];
            case short[] a -> type == DType.F16 ? Float.float16ToFloat(a[i]) : DType.bf16ToFloat(a[i]);
            default -> throw new IllegalStateException("no elements of " + array.getClass());
        };
    }

    /** {@code to[t] = from[f]}, both of one dtype. */
    private static void copy(Object from, int f, Object to, int t) {
        switch (from) {
            case float[] a -> ((float[]) to)[t] = a[f];
            case double[] a -> ((double[]) to)[t] = a[f];
            case int[] a -> ((int[]) to)[t] = a[f];
            case long[] a -> ((long[]) to)[t] = a[f];
            case byte[] a -> ((byte[]) to)[t] = a[f];
            case short[] a -> ((short[]) to)[t] = a[f];
            default -> throw new IllegalStateException("no elements of " + from.getClass());
        }
    }

    /** {@code to[t] += from[f]}, both of one dtype. */
    private static void add(Object from, int f, Object to, int t, DType type) {
        switch (from) {
            case float[] a -> ((float[]) to)[t] += a[f];
            case double[] a -> ((double[]) to)[t] += a[f];
            case int[] a -> ((int[]) to)[t] += a[f];
            case long[] a -> ((long[]) to)[t] += a[f];
            case byte[] a -> ((byte[]) to)[t] |= a[f];
            case short[] a -> {
                short[] s = (short[]) to;
                double v = number(s, type, t) + number(a, type, f);
                s[t] = type == DType.F16 ? Float.floatToFloat16((float) v) : DType.floatToBf16((float) v);
            }
            default -> throw new IllegalStateException("no elements of " + from.getClass());
        }
    }

    private static void clear(Object array, int from, int to) {
        switch (array) {
            case float[] a -> Arrays.fill(a, from, to, 0);
            case double[] a -> Arrays.fill(a, from, to, 0);
            case int[] a -> Arrays.fill(a, from, to, 0);
            case long[] a -> Arrays.fill(a, from, to, 0);
            case byte[] a -> Arrays.fill(a, from, to, (byte) 0);
            case short[] a -> Arrays.fill(a, from, to, (short) 0);
            default -> throw new IllegalStateException("no elements of " + array.getClass());
        }
    }

    private static int index(Kernel.Label label, long v, int extent) {
        if (v < 0 || v >= extent) throw new InvalidArgumentException(label.ops() + ": index " + v
                + " is outside an axis of extent " + extent + "\n  op made at " + label.origin());
        return (int) v;
    }

    /** The first greatest or least element of each line. */
    static final class ArgReduce implements CpuExecutable.Work {
        private final Kernel.ArgReduce k;
        private final int[] from, to;
        private final int extent, stride;

        ArgReduce(Kernel.ArgReduce k) {
            this.k = k;
            Layout l = k.in().layout();
            Lines lines = Lines.of(l.shape(), k.axis());
            this.from = lines.starts(l);
            this.to = lines.starts(k.result().layout());
            this.extent = l.shape().dim(k.axis());
            this.stride = l.stride()[k.axis()];
        }

        @Override
        public void run(HostBuffer[] memory, long[] streams) {
            Object in = memory[k.in().slot()].array();
            long[] out = (long[]) memory[k.result().slot()].array();
            for (int n = 0; n < from.length; n++) out[to[n]] = first(in, from[n]);
        }

        private int first(Object in, int at) {
            int best = 0;
            if (in instanceof long[] a) {
                for (int i = 1; i < extent; i++) if (k.greatest() ? a[at + i * stride] > a[at + best * stride]
                        : a[at + i * stride] < a[at + best * stride])
                    best = i;
                return best;
            }
            double most = number(in, k.in().dtype(), at);
            for (int i = 1; i < extent && !Double.isNaN(most); i++) {
                double v = number(in, k.in().dtype(), at + i * stride);
                if (Double.isNaN(v) || (k.greatest() ? v > most : v < most)) {
                    best = i;
                    most = v;
                }
            }
            return best;
        }
    }

    /** Running sums along each line. */
    static final class CumulativeSum implements CpuExecutable.Work {
        private final Kernel.CumulativeSum k;
        private final int[] from, to;
        private final int extent, stride, toStride;

        CumulativeSum(Kernel.CumulativeSum k) {
            this.k = k;
            Layout l = k.in().layout(), r = k.result().layout();
            Lines lines = Lines.of(l.shape(), k.axis());
            this.from = lines.starts(l);
            this.to = lines.starts(r);
            this.extent = l.shape().dim(k.axis());
            this.stride = l.stride()[k.axis()];
            this.toStride = r.stride()[k.axis()];
        }

        @Override
        public void run(HostBuffer[] memory, long[] streams) {
            Object in = memory[k.in().slot()].array(), out = memory[k.result().slot()].array();
            for (int n = 0; n < from.length; n++) {
                if (extent == 0) continue;
                copy(in, from[n], out, to[n]);
                for (int i = 1; i < extent; i++) {
                    copy(out, to[n] + (i - 1) * toStride, out, to[n] + i * toStride);
                    add(in, from[n] + i * stride, out, to[n] + i * toStride, k.in().dtype());
                }
            }
        }
    }

    /**
     * Lines along the last axis of the index; where the index is the same along a line and the indexed axis is another, whole
     * lines move at once.
     */
    private static final class Moves {
        final int[] index, data;
        final int[] whole;
        final int length, indexStride, dataStride, wholeStride, axisStride, extent;
        final boolean lines, alongAxis;

        /** {@code data} has the index's shape; {@code whole} is what is indexed. */
        Moves(Operand index, Operand data, Operand whole, int axis) {
            Shape s = index.layout().shape();
            int last = s.rank() - 1;
            Lines l = Lines.of(s, last);
            this.index = l.starts(index.layout());
            this.data = l.starts(data.layout());
            Layout w = whole.layout();
            int[] strides = w.stride().clone();
            this.axisStride = strides[axis];
            strides[axis] = 0;
            this.whole = l.starts(new Layout(w.shape(), w.offset(), strides));
            this.length = s.dim(last);
            this.indexStride = index.layout().stride()[last];
            this.dataStride = data.layout().stride()[last];
            this.wholeStride = strides[last];
            this.extent = w.shape().dim(axis);
            this.alongAxis = axis == last;
            this.lines = !alongAxis && indexStride == 0 && dataStride == 1 && wholeStride == 1;
        }
    }

    /** Elements at indices. */
    static final class Gather implements CpuExecutable.Work {
        private final Kernel.Gather k;
        private final Moves m;

        Gather(Kernel.Gather k) {
            this.k = k;
            this.m = new Moves(k.index(), k.result(), k.source(), k.axis());
        }

        @Override
        public void run(HostBuffer[] memory, long[] streams) {
            long[] index = (long[]) memory[k.index().slot()].array();
            Object from = memory[k.source().slot()].array(), to = memory[k.result().slot()].array();
            for (int n = 0; n < m.index.length; n++) {
                if (m.length == 0) continue;
                if (m.lines) {
                    System.arraycopy(from, m.whole[n] + index(k.label(), index[m.index[n]], m.extent) * m.axisStride,
                            to, m.data[n], m.length);
                    continue;
                }
                for (int i = 0; i < m.length; i++) {
                    int at = index(k.label(), index[m.index[n] + i * m.indexStride], m.extent);
                    copy(from, m.whole[n] + i * m.wholeStride + at * m.axisStride, to, m.data[n] + i * m.dataStride);
                }
            }
        }
    }

    /** Sums at indices, in row-major order. */
    static final class ScatterAdd implements CpuExecutable.Work {
        private final Kernel.ScatterAdd k;
        private final Moves m;

        ScatterAdd(Kernel.ScatterAdd k) {
            this.k = k;
            this.m = new Moves(k.index(), k.updates(), k.result(), k.axis());
        }

        @Override
        public void run(HostBuffer[] memory, long[] streams) {
            long[] index = (long[]) memory[k.index().slot()].array();
            Object from = memory[k.updates().slot()].array(), to = memory[k.result().slot()].array();
            Layout result = k.result().layout();
            clear(to, result.offset(), result.offset() + Math.toIntExact(result.shape().size()));
            for (int n = 0; n < m.index.length; n++) {
                if (m.length == 0) continue;
                if (m.lines && from instanceof float[] f) {
                    int at = m.whole[n] + index(k.label(), index[m.index[n]], m.extent) * m.axisStride;
                    Lanes.best().accumulate(f, m.data[n], (float[]) to, at, m.length);
                    continue;
                }
                for (int i = 0; i < m.length; i++) {
                    int at = index(k.label(), index[m.index[n] + i * m.indexStride], m.extent);
                    add(from, m.data[n] + i * m.dataStride, to, m.whole[n] + i * m.wholeStride + at * m.axisStride,
                            k.updates().dtype());
                }
            }
        }
    }
}
