package org.chainrule.harness;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.chainrule.Shape;
import org.chainrule.Tensor;

/** How an op sees an input: as it lies in memory, or through strides that are not its own. */
public enum View {
    WHOLE {
        @Override
        public Shape base(Shape seen) {
            return seen;
        }

        @Override
        public Tensor of(Tensor base) {
            return base;
        }
    },
    /** The axes in reverse order. */
    TRANSPOSED {
        @Override
        public Shape base(Shape seen) {
            return Shape.of(IntStream.range(0, seen.rank()).map(i -> seen.dim(seen.rank() - 1 - i)).toArray());
        }

        @Override
        public Tensor of(Tensor base) {
            int n = base.shape().rank();
            return base.permute(IntStream.range(0, n).map(i -> n - 1 - i).toArray());
        }
    },
    /** Every second element from the second on, along each axis. */
    STEPPED {
        @Override
        public Shape base(Shape seen) {
            return Shape.of(Arrays.stream(seen.dims()).map(d -> 2 * d + 1).toArray());
        }

        @Override
        public Tensor of(Tensor base) {
            Tensor t = base;
            for (int a = 0; a < base.shape().rank(); a++) t = t.slice(a, 1, base.shape().dim(a), 2);
            return t;
        }
    },
    /** Without the first three elements of each axis. */
    OFFSET {
        @Override
        public Shape base(Shape seen) {
            return Shape.of(Arrays.stream(seen.dims()).map(d -> d + 3).toArray());
        }

        @Override
        public Tensor of(Tensor base) {
            Tensor t = base;
            for (int a = 0; a < base.shape().rank(); a++) t = t.slice(a, 3, base.shape().dim(a));
            return t;
        }
    },
    /** From the last element to the first along each axis. */
    REVERSED {
        @Override
        public Shape base(Shape seen) {
            return seen;
        }

        @Override
        public Tensor of(Tensor base) {
            return base.flip(IntStream.range(0, base.shape().rank()).toArray());
        }
    };

    /** The shape of the tensor of which a view has shape {@code seen}. */
    public abstract Shape base(Shape seen);

    /** {@code base} seen so. */
    public abstract Tensor of(Tensor base);
}
