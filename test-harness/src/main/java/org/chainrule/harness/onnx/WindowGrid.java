package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.analysis.Places;

/**
 * How windows lie in the spatial axes of {@code [n, c, spatial…]}: the attributes that pools and convolutions share.
 *
 * @param size   extents of the input
 * @param before padding in front of each axis
 * @param after  padding behind each axis, as the attributes say; windows may reach beyond it where the extent is rounded up
 * @param out    how many windows along each axis
 */
record WindowGrid(int[] size, int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] out) {

    /** Of the attributes {@code strides}, {@code dilations}, {@code pads} and {@code auto_pad}. */
    static WindowGrid of(Call c, int[] size, int[] kernel, boolean ceil) {
        int n = kernel.length;
        int[] one = new int[n];
        Arrays.fill(one, 1);
        int[] strides = c.attributes().integers("strides").orElse(one),
                dilations = c.attributes().integers("dilations").orElse(one),
                pads = c.attributes().integers("pads").orElse(new int[2 * n]);
        String auto = c.attributes().text("auto_pad", "NOTSET");
        int[] before = new int[n], after = new int[n], out = new int[n];
        for (int i = 0; i < n; i++) {
            int span = dilations[i] * (kernel[i] - 1) + 1;
            switch (auto) {
                case "NOTSET" -> {
                    before[i] = pads[i];
                    after[i] = pads[n + i];
                }
                case "VALID" -> {}
                case "SAME_UPPER", "SAME_LOWER" -> {
                    int total = Math.max(0, (Math.ceilDiv(size[i], strides[i]) - 1) * strides[i] + span - size[i]);
                    before[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
                    after[i] = total - before[i];
                }
                default -> throw c.unsupported("auto_pad '" + auto + "'");
            }
            int free = size[i] + before[i] + after[i] - span;
            out[i] = (ceil ? Math.ceilDiv(free, strides[i]) : Math.floorDiv(free, strides[i])) + 1;
            // a window that would start in the padding behind is left out
            if (ceil && (out[i] - 1) * strides[i] >= size[i] + before[i]) out[i]--;
        }
        return new WindowGrid(size, kernel, strides, dilations, before, after, out);
    }

    /** Windows without padding, where the input tells how many there are. */
    static WindowGrid plain(int[] kernel, int[] strides, int[] dilations) {
        int[] none = new int[kernel.length];
        return new WindowGrid(none, kernel, strides, dilations, none, none, none);
    }

    int axes() {
        return kernel.length;
    }

    /** Elements of a window. */
    int taps() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    /** The windows, for all samples and channels. */
    Shape shape() {
        int[] d = new int[axes() + 2];
        Arrays.fill(d, 1);
        System.arraycopy(out, 0, d, 2, axes());
        return Shape.of(d);
    }

    /** As {@link #shape()}, with the elements of each window last. */
    int[] tapShape() {
        int[] d = Arrays.copyOf(shape().dims(), axes() + 3);
        d[axes() + 2] = taps();
        return d;
    }

    /** {@code x} with {@code value} around it. */
    Tensor padded(Tensor x, double value) {
        Tensor t = x;
        for (int i = 0; i < axes(); i++) t = t.pad(2 + i, before[i], after[i], value);
        return t;
    }

    /** The elements that each window sees, last: {@code [n, c, out…, taps]}; {@code value} where it reaches beyond the input. */
    Tensor taps(Tensor x, double value) {
        Tensor t = padded(x, value);
        for (int i = 0; i < axes(); i++)
            t = t.pad(2 + i, 0, Math.max(0, reach(i) - t.shape().dim(2 + i)), value);
        List<Tensor> taps = new ArrayList<>();
        Tensor whole = t;
        Places.each(Shape.of(kernel), (_, at) -> {
            Tensor s = whole;
            for (int i = 0; i < axes(); i++) {
                int from = at[i] * dilations[i];
                s = s.slice(2 + i, from, from + (out[i] - 1) * strides[i] + 1, strides[i]);
            }
            taps.add(s);
        });
        return Tensor.stack(-1, taps.toArray(Tensor[]::new));
    }

    private int reach(int axis) {
        return (out[axis] - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1;
    }

    /** How many elements of each window count: those within the input, or those within its padding too. */
    double[] counts(boolean padding) {
        double[] counts = new double[Math.toIntExact(shape().size())];
        Places.each(Shape.of(out), (i, window) -> {
            counts[i] = 1;
            for (int a = 0; a < axes(); a++) {
                int within = 0;
                for (int k = 0; k < kernel[a]; k++) {
                    int at = position(a, window[a], k);
                    if (padding ? at < size[a] + after[a] : at >= 0 && at < size[a]) within++;
                }
                counts[i] *= within;
            }
        });
        return counts;
    }

    /** Where each element of each window lies in its plane of the input, the first axis or the last counting fastest. */
    long[] positions(boolean firstFastest) {
        long[] positions = new long[Math.toIntExact(Shape.of(tapShape()).size())];
        int[] steps = new int[axes()];
        for (int a = 0, step = 1; a < axes(); a++) {
            int axis = firstFastest ? a : axes() - 1 - a;
            steps[axis] = step;
            step *= size[axis];
        }
        Places.each(Shape.of(out), (i, window) -> Places.each(Shape.of(kernel), (k, at) -> {
            for (int a = 0; a < axes(); a++)
                positions[i * taps() + k] += (long) position(a, window[a], at[a]) * steps[a];
        }));
        return positions;
    }

    private int position(int axis, int window, int tap) {
        return window * strides[axis] + tap * dilations[axis] - before[axis];
    }
}
