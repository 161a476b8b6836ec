package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the gradient norms of a run tell, in a word and a sentence.
 *
 * <ul>
 * <li>exploding: a norm is not finite, or has grown to more than {@value #EXPLODED} times the layer's first;
 * <li>vanishing: a layer's median norm over the last quarter of the run is less than 1/{@value #VANISHED} of the
 * largest layer's;
 * <li>healthy: neither.
 * </ul>
 */
record GradientHealth(State state, String sentence) {
    static final double EXPLODED = 1000;
    static final double VANISHED = 1000;

    enum State {
        HEALTHY("✓"), VANISHING("▽"), EXPLODING("△");

        final String glyph;

        State(String glyph) {
            this.glyph = glyph;
        }
    }

    /** The diagnosis of a run that has measured gradient norms. */
    static GradientHealth of(Run run) {
        var measured = run.epochs().stream().filter(epoch -> !epoch.gradientNorms().isEmpty()).toList();
        var layers = run.layers();
        for (var epoch : measured) {
            for (int l = layers.size() - 1; l >= 0; l--) {
                if (!Double.isFinite(epoch.gradientNorms().get(l))) {
                    return new GradientHealth(State.EXPLODING,
                            "Exploding: the gradient of %s stopped being a finite number in epoch %d."
                                    .formatted(layers.get(l), epoch.number()));
                }
            }
        }
        int worst = 0;
        var growth = new ArrayList<Double>();
        var late = new ArrayList<Double>();
        for (int l = 0; l < layers.size(); l++) {
            var norms = norms(measured, l);
            double first = Arrays.stream(norms).filter(norm -> norm > 0).findFirst().orElse(1);
            growth.add(Arrays.stream(norms).max().orElse(0) / first);
            late.add(median(Arrays.copyOfRange(norms, norms.length * 3 / 4, norms.length)));
            worst = growth.get(l) > growth.get(worst) ? l : worst;
        }
        if (growth.get(worst) > EXPLODED) {
            return new GradientHealth(State.EXPLODING, "Exploding: the gradient of %s grew to %s times its first norm."
                    .formatted(layers.get(worst), Format.number(growth.get(worst), 2)));
        }
        return byRatio(layers, late);
    }

    private static GradientHealth byRatio(List<String> layers, List<Double> late) {
        int least = 0;
        int greatest = 0;
        for (int l = 1; l < late.size(); l++) {
            least = late.get(l) < late.get(least) ? l : least;
            greatest = late.get(l) > late.get(greatest) ? l : greatest;
        }
        if (late.get(greatest) == 0) {
            return new GradientHealth(State.VANISHING,
                    "Vanishing: no gradient reaches any layer at the end of the run.");
        }
        if (late.get(least) == 0) {
            return new GradientHealth(State.VANISHING,
                    "Vanishing: no gradient reaches %s; it learns nothing.".formatted(layers.get(least)));
        }
        double ratio = late.get(greatest) / late.get(least);
        if (ratio > VANISHED) {
            return new GradientHealth(State.VANISHING,
                    "Vanishing: the gradient of %s is %s times smaller than that of %s; it hardly learns."
                            .formatted(layers.get(least), Format.number(ratio, 2), layers.get(greatest)));
        }
        return new GradientHealth(State.HEALTHY, layers.size() == 1
                ? "Healthy: the norm neither explodes nor vanishes."
                : "Healthy: all layers learn; the largest norm (%s) is %s times the smallest (%s)."
                        .formatted(layers.get(greatest), Format.number(ratio, 2), layers.get(least)));
    }

    private static double[] norms(List<Epoch> epochs, int layer) {
        return epochs.stream().mapToDouble(epoch -> epoch.gradientNorms().get(layer)).toArray();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
