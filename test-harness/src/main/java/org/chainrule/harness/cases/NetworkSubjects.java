package org.chainrule.harness.cases;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;
import org.chainrule.nn.Convolutions;
import org.chainrule.nn.Convolutions.Windows;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Norms;
import org.chainrule.nn.Reduction;

/** Composites, which a backend may have kernels for, and what networks are made of: held to their definitions in other ops. */
final class NetworkSubjects {
    private static final Values ANY = Values.between(-3, 3), PROBABILITY = Values.between(0.05, 0.95);

    private NetworkSubjects() {}

    static Stream<Subject> all() {
        return Stream.of(softmax(), norms(), losses(), layers()).flatMap(s -> s);
    }

    private static Stream<Subject> softmax() {
        Stream<Subject> sizes =
                Stream.of(Shape.of(17), Shape.of(3, 207), Shape.of(2, 1030))
                        .flatMap(s -> both(Names.of(s), -1, input(s, ANY)));
        Stream<Subject> axes = Stream.of(0, 1).flatMap(a -> both("axis" + a, a, input(Shape.of(5, 7, 3), ANY)));
        Stream<Subject> views = Stream.of(View.values()).filter(v -> v != View.WHOLE)
                .flatMap(v -> both(Names.of(v), 1, input(Shape.of(6, 9), ANY).through(v)));
        Stream<Subject> wide = both("far", 1, input(Shape.of(4, 12), Values.between(-60, 60)));
        // its logarithm is 0 wherever there is one class
        Stream<Subject> one = Stream.of(Shape.of(1), Shape.of(5, 1))
                .map(s -> Subject.of("softmax", Names.of(s), in -> in.getFirst().softmax(-1), input(s, ANY)));
        return Stream.of(sizes, axes, views, wide, one).flatMap(s -> s);
    }

    private static Stream<Subject> both(String variant, int axis, Input x) {
        return Stream.of(Subject.of("softmax", variant, in -> in.getFirst().softmax(axis), x),
                Subject.of("log_softmax", variant, in -> in.getFirst().logSoftmax(axis), x));
    }

    private static Stream<Subject> norms() {
        Input x = input(Shape.of(7, 33), ANY), w = input(Shape.of(33), ANY), b = input(Shape.of(33), ANY),
                image = input(Shape.of(3, 6, 4, 5), ANY), six = input(Shape.of(6), ANY);
        return Stream.of(Subject.of("normalize", "7x33", in -> in.getFirst().normalize(1e-5), x),
                Subject.of("normalize", "transposed", in -> in.getFirst().normalize(1e-5), x.through(View.TRANSPOSED)),
                Subject.of("normalize", "2x1025", in -> in.getFirst().normalize(1e-5), input(Shape.of(2, 1025), ANY)),
                Subject.of("layer_norm", "weights", in -> Norms.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5), x, w,
                        b),
                Subject.of("layer_norm", "two-axes", in -> Norms.layerNorm(in.getFirst(), Shape.of(4, 5), 1e-5), image),
                Subject.of("rms_norm", "weights", in -> Norms.rmsNorm(in.get(0), in.get(1), 1e-6), x, w),
                Subject.of("group_norm", "3", in -> Norms.groupNorm(in.get(0), 3, in.get(1), in.get(2), 1e-5), image,
                        six, six),
                Subject.of("batch_norm", "training", in -> {
                    Norms.Statistics s = Norms.Statistics.of(in.get(0));
                    return Norms.batchNorm(in.get(0), s.mean(), s.variance(), in.get(1), in.get(2), 1e-5);
                }, image, six, six));
    }

    private static Stream<Subject> losses() {
        Input x = input(Shape.of(9, 5), ANY), y = input(Shape.of(9, 5), ANY), p = input(Shape.of(9, 5), PROBABILITY),
                q = input(Shape.of(9, 5), PROBABILITY), weights = input(Shape.of(5), PROBABILITY);
        Input classes = Input.of(Shape.of(9), DType.I64, Values.integers(0, 4));
        Stream<Subject> pairs = Stream.of(Reduction.values()).flatMap(r -> Stream.of(
                loss("mse", r, (a, b) -> Losses.mse(a, b, r), x, y), loss("l1", r, (a, b) -> Losses.l1(a, b, r), x, y),
                loss("huber", r, (a, b) -> Losses.huber(a, b, 0.7, r), x, y),
                loss("smooth_l1", r, (a, b) -> Losses.smoothL1(a, b, 0.7, r), x, y),
                loss("bce", r, (a, b) -> Losses.bce(a, b, Optional.empty(), r), p, q),
                loss("bce_with_logits", r,
                        (a, b) -> Losses.bceWithLogits(a, b, Optional.empty(), Optional.empty(), r), x, q),
                loss("kl_div", r, (a, b) -> Losses.klDiv(a.log(), b, r), p, q),
                loss("cross_entropy", r, (a, b) -> CrossEntropy.of().reduction(r).labelSmoothing(0.1).apply(a, b), x,
                        classes)));
        return Stream.concat(pairs, Stream.of(
                Subject.of("cross_entropy", "weights",
                        in -> CrossEntropy.of().weight(in.get(2)).ignoreIndex(2).apply(in.get(0), in.get(1)), x,
                        classes,
                        weights),
                Subject.of("nll", "classes", in -> Losses.nll(in.get(0).logSoftmax(1), in.get(1)), x, classes),
                Subject.of("cross_entropy", "probabilities", in -> CrossEntropy.of().apply(in.get(0), in.get(1)), x,
                        q)));
    }

    private static Subject loss(String op, Reduction r, BinaryOperator<Tensor> f, Input a, Input b) {
        return Subject.of(op, Names.of(r), in -> f.apply(in.get(0), in.get(1)), a, b);
    }

    private static Stream<Subject> layers() {
        Input image = input(Shape.of(2, 3, 6, 5), ANY);
        Windows strided = new Windows(List.of(2, 1), List.of(1, 1), List.of(1, 1), 1);
        return Stream.of(
                Subject.of("conv2d", "plain", in -> Convolutions.conv2d(in.get(0), in.get(1), Windows.PLAIN), image,
                        input(Shape.of(4, 3, 3, 2), ANY)),
                Subject.of("conv2d", "strided", in -> Convolutions.conv2d(in.get(0), in.get(1), strided), image,
                        input(Shape.of(2, 3, 3, 3), ANY)),
                Subject.of("linear", "relu", in -> in.get(0).matmul(in.get(1).t()).plus(in.get(2)).relu(),
                        input(Shape.of(9, 12), ANY), input(Shape.of(7, 12), ANY), input(Shape.of(7), ANY)),
                Subject.of("residual", "tanh", in -> in.get(0).plus(in.get(0).matmul(in.get(1)).tanh()),
                        input(Shape.of(9, 8), ANY), input(Shape.of(8, 8), ANY)));
    }

    private static Input input(Shape s, Values v) {
        return Input.of(s, DType.F32, v);
    }
}
