package org.chainrule.benchmarks.contender;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Work that libraries are timed at, in f32. Its name tells all of it. */
public sealed interface Workload {
    String name();

    /** What one run multiplies and adds in matrix products, as floating-point operations; 0 where that is not what bounds it. */
    default double flops() {
        return 0;
    }

    /** How many threads may compute. */
    default int threads(int cores) {
        return cores;
    }

    /** How the weights change. */
    enum Rule {
        /** Gradient descent at rate 0.01 with momentum 0.9. */
        SGD,
        /** Adam at rate 0.001 with PyTorch's other defaults. */
        ADAM
    }

    /**
     * One run is one step: forward, softmax cross-entropy, backward, update.
     *
     * @param widths of the layers, from inputs to classes; ReLU between them
     */
    record Training(String name, List<Integer> widths, int batch, Rule rule) implements Workload {
        /** Batches that take turns. */
        public static final int BATCHES = 8;
        /** The check is the loss of the step of this number. */
        public static final int CHECKED_STEP = 2 * BATCHES;
        public static final double SGD_RATE = 0.01, MOMENTUM = 0.9, ADAM_RATE = 1e-3;

        public int inputs() {
            return widths.getFirst();
        }

        public int classes() {
            return widths.getLast();
        }

        /** Three products for each layer, but the first needs no gradient of its input. */
        @Override
        public double flops() {
            double sum = 0;
            for (int i = 1; i < widths.size(); i++)
                sum += (i == 1 ? 2 : 3) * 2.0 * batch * widths.get(i - 1) * widths.get(i);
            return sum;
        }
    }

    /** 2-2-1 with sigmoid, mean squared error, all four samples at once, plain gradient descent. One run is {@value #EPOCHS} epochs. */
    record Xor() implements Workload {
        public static final int EPOCHS = 1_000;
        public static final double RATE = 1;

        @Override
        public String name() {
            return "xor";
        }
    }

    /**
     * A matrix product, {@code [rows, depth] x [depth, columns]}.
     *
     * @param aTransposed whether the left one lies in memory as {@code [depth, rows]}
     * @param bTransposed whether the right one lies in memory as {@code [columns, depth]}
     */
    record Product(int rows, int depth, int columns, boolean aTransposed, boolean bTransposed) implements Workload {
        private static final Pattern NAME =
                Pattern.compile("product/([1-9][0-9]{0,4})x([1-9][0-9]{0,4})x([1-9][0-9]{0,4})-([nt])([nt])");

        @Override
        public String name() {
            return "product/" + rows + "x" + depth + "x" + columns + "-" + (aTransposed ? "t" : "n")
                    + (bTransposed ? "t" : "n");
        }

        @Override
        public double flops() {
            return 2.0 * rows * depth * columns;
        }

        /** Elements between the starts of neighbouring rows of the left matrix, as it lies. */
        public int aRow() {
            return aTransposed ? rows : depth;
        }

        /** Elements between the starts of neighbouring rows of the right matrix, as it lies. */
        public int bRow() {
            return bTransposed ? depth : columns;
        }

        private static Optional<Workload> parse(String name) {
            Matcher m = NAME.matcher(name);
            if (!m.matches()) return Optional.empty();
            return Optional.of(new Product(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)),
                    Integer.parseInt(m.group(3)), m.group(4).equals("t"), m.group(5).equals("t")));
        }
    }

    /** Functions of one tensor. */
    enum Function {
        EXP, TANH, SIGMOID,
        /** By the tangent: {@code x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))}. */
        GELU,
        /** {@code y = tanh(a x + b)² + x}: five ops that a library may fuse, over one tensor. */
        CHAIN;

        static final double A = 0.5, B = 0.25;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A function of each element of a tensor, into another. Those that fit the caches run on one thread. */
    record Elementwise(Function function, int length) implements Workload {
        /** The length from which memory bounds it. */
        public static final int LARGE = 1 << 20;
        /** Of {@link Function#CHAIN}. */
        public static final double A = Function.A, B = Function.B;
        private static final Pattern NAME = Pattern.compile("elementwise/([a-z]+)-([1-9][0-9]{0,3})([KM])");

        @Override
        public String name() {
            return "elementwise/" + function.word() + "-"
                    + (length >= LARGE ? (length >> 20) + "M" : (length >> 10) + "K");
        }

        @Override
        public int threads(int cores) {
            return length >= LARGE ? cores : 1;
        }

        private static Optional<Workload> parse(String name) {
            Matcher m = NAME.matcher(name);
            if (!m.matches()) return Optional.empty();
            int length = Integer.parseInt(m.group(2)) << (m.group(3).equals("K") ? 10 : 20);
            return Arrays.stream(Function.values()).filter(f -> f.word().equals(m.group(1))).findFirst()
                    .map(f -> new Elementwise(f, length));
        }
    }

    /** The work of that name. */
    static Optional<Workload> of(String name) {
        return usual().stream().filter(w -> w.name().equals(name)).findFirst()
                .or(() -> Product.parse(name)).or(() -> Elementwise.parse(name));
    }

    /** What a whole run measures, in order. */
    static List<Workload> usual() {
        List<Workload> all = new ArrayList<>();
        List<Integer> small = List.of(784, 512, 256, 10), big = List.of(784, 2048, 2048, 10);
        all.add(new Training("mlp-sgd", small, 128, Rule.SGD));
        all.add(new Training("mlp-adam", small, 128, Rule.ADAM));
        all.add(new Training("bigmlp-sgd", big, 256, Rule.SGD));
        all.add(new Xor());
        int[][] products = {{128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048},
            {128, 784, 512}, {128, 512, 512}, {64, 3072, 4096}, {4096, 64, 64}, {1, 4096, 4096}};
        for (int[] p : products)
            for (int layout = 0; layout < 3; layout++)
                all.add(new Product(p[0], p[1], p[2], layout == 1, layout == 2));
        for (Function f : Function.values())
            for (int length = 1 << 10; length <= 1 << 24; length <<= 2) all.add(new Elementwise(f, length));
        return all;
    }
}
