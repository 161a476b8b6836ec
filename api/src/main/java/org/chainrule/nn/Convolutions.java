package org.chainrule.nn;

import java.util.List;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * Convolution as a matrix product over the windows of its input (Chellapilla, Puri and Simard 2006, "High Performance
 * Convolutional Neural Networks for Document Processing", section 3.1): what deep learning calls convolution, which is
 * cross-correlation.
 */
public final class Convolutions {
    private Convolutions() {}

    /**
     * How windows lie in an input: {@code stride}, {@code padding} with zeros on both ends, and {@code dilation}, along
     * height and width; {@code groups} parts of the channels are convolved each with its own part of the filters.
     */
    public record Windows(List<Integer> stride, List<Integer> padding, List<Integer> dilation, int groups) {
        /** Side by side, without padding, one group. */
        public static final Windows PLAIN = new Windows(List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    }

    /**
     * {@code out[n, o, y, x] = Σ input[n, c, y·s + i·d, x·s + j·d] · weight[o, c, i, j]} over the padded input.
     *
     * @param input  {@code [n, c, h, w]}
     * @param weight {@code [o, c / groups, kh, kw]}
     * @return {@code [n, o, (h + 2p - d(kh - 1) - 1) / s + 1, …]}
     * @throws ShapeMismatchException where the shapes, the groups or the window do not fit
     */
    public static Tensor conv2d(Tensor input, Tensor weight, Windows windows) {
        Shape x = input.shape(), w = weight.shape();
        int g = windows.groups();
        if (x.rank() != 4 || w.rank() != 4) throw new ShapeMismatchException("conv2d: input " + x + " and weight " + w
                + " are not [n, c, h, w] and [o, c, kh, kw]");
        if (g < 1) throw new InvalidArgumentException("conv2d: " + g + " groups; there is at least one");
        if (x.dim(1) != w.dim(1) * g || w.dim(0) % g != 0) throw new ShapeMismatchException("conv2d: input " + x
                + " and weight " + w + " do not fit in " + g + " groups: channels " + x.dim(1) + " and "
                + w.dim(1) * g);
        int height = extent(x.dim(2), w.dim(2), windows, 0), width = extent(x.dim(3), w.dim(3), windows, 1);
        if (height < 1 || width < 1) throw new ShapeMismatchException("conv2d: the window of weight " + w
                + " is larger than the padded input " + x);
        Tensor padded = input.pad(2, windows.padding().get(0), windows.padding().get(0), 0)
                .pad(3, windows.padding().get(1), windows.padding().get(1), 0);
        Tensor[] taps = new Tensor[w.dim(2) * w.dim(3)];
        for (int i = 0; i < w.dim(2); i++) {
            Tensor rows = tap(padded, 2, i, height, windows);
            for (int j = 0; j < w.dim(3); j++) taps[i * w.dim(3) + j] = tap(rows, 3, j, width, windows);
        }
        int depth = w.dim(1) * taps.length, filters = w.dim(0) / g;
        Tensor columns = Tensor.stack(2, taps).reshape(x.dim(0), g, depth, height * width);
        Tensor product = weight.reshape(1, g, filters, depth).matmul(columns);
        return product.reshape(x.dim(0), w.dim(0), height, width);
    }

    /** {@link #conv2d(Tensor, Tensor, Windows)} plus {@code bias[o]}. */
    public static Tensor conv2d(Tensor input, Tensor weight, Tensor bias, Windows windows) {
        return conv2d(input, weight, windows).plus(bias.reshape(1, bias.shape().dim(0), 1, 1));
    }

    private static int extent(int size, int kernel, Windows w, int axis) {
        return Math.floorDiv(size + 2 * w.padding().get(axis) - w.dilation().get(axis) * (kernel - 1) - 1,
                w.stride().get(axis)) + 1;
    }

    /** What position {@code i} of each of {@code n} windows along {@code axis} sees. */
    private static Tensor tap(Tensor x, int axis, int i, int n, Windows w) {
        int from = i * w.dilation().get(axis - 2), step = w.stride().get(axis - 2);
        return x.slice(axis, from, from + (n - 1) * step + 1, step);
    }
}
