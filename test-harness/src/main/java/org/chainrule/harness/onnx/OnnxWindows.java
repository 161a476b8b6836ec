package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chainrule.Axes;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.nn.Convolutions;

/** Convolutions and pools: ops on windows of {@code [n, c, spatial…]}. */
final class OnnxWindows {
    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("AveragePool", one(OnnxWindows::averagePool)),
            entry("MaxPool", OnnxWindows::maxPool),
            entry("LpPool", one(c -> {
                double p = (double) c.attributes().integer("p", 2);
                return pooled(c).taps(c.in(0), 0).norm(p, Axes.of(-1));
            })),
            entry("GlobalAveragePool", one(c -> c.in(0).mean(spatial(c).keep()))),
            entry("GlobalMaxPool", one(c -> c.in(0).max(spatial(c).keep()))),
            entry("GlobalLpPool", one(c -> c.in(0).norm((double) c.attributes().integer("p", 2), spatial(c).keep()))),
            entry("Conv", one(OnnxWindows::conv)),
            entry("ConvTranspose", one(OnnxWindows::convTranspose)),
            entry("Col2Im", one(OnnxWindows::columnsToImage)));

    private OnnxWindows() {}

    private static Axes spatial(Call c) {
        return Axes.of(IntStream.range(2, c.in(0).shape().rank()).toArray());
    }

    private static int[] ones(int n) {
        int[] r = new int[n];
        Arrays.fill(r, 1);
        return r;
    }

    private static WindowGrid pooled(Call c) {
        int[] kernel =
                c.attributes().integers("kernel_shape").orElseThrow(() -> c.unsupported("no kernel_shape"));
        return grid(c, kernel, c.attributes().flag("ceil_mode", false));
    }

    private static WindowGrid grid(Call c, int[] kernel, boolean ceil) {
        int[] dims = c.in(0).shape().dims(), size = Arrays.copyOfRange(dims, 2, dims.length);
        return WindowGrid.of(c, size, kernel, ceil);
    }

    private static Tensor averagePool(Call c) {
        boolean counted = c.attributes().flag("count_include_pad", false);
        WindowGrid g = pooled(c);
        return g.taps(c.in(0), 0).sum(-1).over(c.session().tensor(g.shape(), c.in(0).dtype().arithmetic(),
                g.counts(counted)));
    }

    private static List<Tensor> maxPool(Call c) {
        boolean columns = c.attributes().flag("storage_order", false);
        WindowGrid g = pooled(c);
        Tensor x = c.in(0), taps = g.taps(x, Double.NEGATIVE_INFINITY);
        if (!c.wants(1)) return List.of(taps.max(-1));
        Shape s = x.shape();
        int n = s.dim(0), channels = s.dim(1), each = OnnxIndexing.product(s, 2, s.rank());
        Tensor at = taps.argmax(Axes.of(-1).keep());
        int[] wide = at.shape().dims();
        wide[wide.length - 1] = g.taps();
        Tensor within = c.session().tensor(Shape.of(g.tapShape()), g.positions(columns)).expandTo(Shape.of(wide))
                .gather(-1, at).squeeze(-1);
        int[] lead = ones(s.rank());
        lead[0] = n;
        lead[1] = channels;
        Tensor plane = c.session().arange(n * channels).times(each).reshape(Shape.of(lead));
        return List.of(taps.max(-1), within.plus(plane));
    }

    /** Along one axis as along two of which the first has extent 1. */
    private static Tensor conv(Call c) {
        Tensor x = c.in(0), w = c.in(1);
        int axes = x.shape().rank() - 2, group = HostValues.clamped(c.attributes().integer("group", 1));
        int[] kernel = Arrays.copyOfRange(w.shape().dims(), 2, w.shape().rank());
        requireKernel(c, kernel);
        WindowGrid g = grid(c, kernel, false);
        requirePlane(c, axes);
        Tensor y = convolved(g.padded(x, 0), w, g, group);
        return withBias(c, y);
    }

    private static void requirePlane(Call c, int axes) {
        if (axes < 1 || axes > 2)
            throw c.unsupported("a convolution along " + axes + " axes: there is one along one or two");
    }

    private static void requireKernel(Call c, int[] kernel) {
        int[] said = c.attributes().integers("kernel_shape").orElse(kernel);
        if (!Arrays.equals(said, kernel))
            throw c.unsupported("kernel_shape " + Arrays.toString(said) + " beside a weight of other extents");
    }

    private static Tensor withBias(Call c, Tensor y) {
        if (!c.has(2)) return y;
        int[] d = ones(y.shape().rank());
        d[1] = y.shape().dim(1);
        return y.plus(c.in(2).reshape(Shape.of(d)));
    }

    /** Of an input that is padded already. */
    private static Tensor convolved(Tensor padded, Tensor w, WindowGrid g, int group) {
        boolean line = g.axes() == 1;
        Convolutions.Windows windows = new Convolutions.Windows(plane(g.strides(), 1), plane(new int[g.axes()], 0),
                plane(g.dilations(), 1), group);
        Tensor y = Convolutions.conv2d(line ? padded.unsqueeze(2) : padded, line ? w.unsqueeze(2) : w, windows);
        return line ? y.squeeze(2) : y;
    }

    private static List<Integer> plane(int[] each, int other) {
        return each.length == 1 ? List.of(other, each[0]) : Arrays.stream(each).boxed().toList();
    }

    /**
     * The gradient of a convolution with respect to its input is the transposed convolution of the cotangent (Dumoulin and
     * Visin 2016, "A guide to convolution arithmetic for deep learning", section 4).
     */
    private static Tensor convTranspose(Call c) {
        Tensor x = c.in(0), w = c.in(1);
        int axes = x.shape().rank() - 2, group = HostValues.clamped(c.attributes().integer("group", 1));
        int[] kernel = Arrays.copyOfRange(w.shape().dims(), 2, w.shape().rank());
        requireKernel(c, kernel);
        int[] strides = c.attributes().integers("strides").orElse(ones(axes)),
                dilations = c.attributes().integers("dilations").orElse(ones(axes)),
                pads = c.attributes().integers("pads").orElse(new int[2 * axes]),
                more = c.attributes().integers("output_padding").orElse(new int[axes]);
        Optional<int[]> asked = c.attributes().integers("output_shape");
        String auto = c.attributes().text("auto_pad", "NOTSET");
        requirePlane(c, axes);
        int[] full = new int[axes], before = new int[axes], extent = new int[axes];
        for (int i = 0; i < axes; i++) {
            int in = x.shape().dim(2 + i);
            int span = strides[i] * (in - 1) + (kernel[i] - 1) * dilations[i] + 1;
            boolean same = auto.startsWith("SAME_");
            if (!same && !auto.equals("NOTSET") && !auto.equals("VALID"))
                throw c.unsupported("auto_pad '" + auto + "'");
            if (asked.isPresent() || same) {
                extent[i] = asked.isPresent() ? asked.get()[asked.get().length - axes + i] : in * strides[i];
                int total = Math.max(0, span + more[i] - extent[i]);
                before[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
            } else {
                before[i] = auto.equals("VALID") ? 0 : pads[i];
                extent[i] = span + more[i] - before[i] - (auto.equals("VALID") ? 0 : pads[axes + i]);
            }
            full[i] = Math.max(span, before[i] + extent[i]);
        }
        int[] dims = new int[axes + 2];
        dims[0] = x.shape().dim(0);
        dims[1] = w.shape().dim(1) * group;
        System.arraycopy(full, 0, dims, 2, axes);
        Tensor image = c.session().full(Shape.of(dims), x.dtype(), 0), seen = image;
        // what the last window does not reach gets no gradient
        for (int i = 0; i < axes; i++)
            seen = seen.slice(2 + i, 0, strides[i] * (x.shape().dim(2 + i) - 1) + (kernel[i] - 1) * dilations[i] + 1);
        WindowGrid g = WindowGrid.plain(kernel, strides, dilations);
        Tensor y = convolved(seen, w, g, group).gradients(x, List.of(image)).getFirst();
        for (int i = 0; i < axes; i++) y = y.narrow(2 + i, before[i], extent[i]);
        return withBias(c, y);
    }

    /** The transpose of laying windows out as columns: each element is the sum of all places that a window took it to. */
    private static Tensor columnsToImage(Call c) {
        Tensor x = c.in(0);
        int[] size = c.ints(1).orElseThrow(() -> c.unsupported("no image_shape")),
                kernel = c.ints(2).orElseThrow(() -> c.unsupported("no block_shape"));
        WindowGrid g = WindowGrid.of(c, size, kernel, false);
        int n = x.shape().dim(0), channels = x.shape().dim(1) / g.taps();
        int[] dims = new int[size.length + 2];
        dims[0] = n;
        dims[1] = channels;
        System.arraycopy(size, 0, dims, 2, size.length);
        Tensor image = c.session().full(Shape.of(dims), x.dtype(), 0);
        Tensor columns = g.taps(image, 0).reshape(n, channels, -1, g.taps()).permute(0, 1, 3, 2).reshape(x.shape());
        return columns.gradients(x, List.of(image)).getFirst();
    }
}
