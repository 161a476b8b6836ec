package org.chainrule.cli.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.cli.explain.Activation.Elementwise;
import org.chainrule.cli.explain.Activation.Softmax;
import org.chainrule.expr.Expr;

/**
 * The same gradients as in a {@link Trace}, put together by hand: the local derivatives of each layer, multiplied from the loss back
 * to the first layer. Nothing of the library's differentiation of graphs is used, only the derivatives of the scalar formulas.
 */
public record ChainRule(List<Layer> layers) {
    /**
     * One layer.
     *
     * @param local     {@code local[k][j] = ∂aₖ/∂zⱼ}
     * @param toOutput  ∂L/∂a
     * @param toZ       ∂L/∂z
     * @param toWeights ∂L/∂w
     */
    public record Layer(double[][] local, double[] toOutput, double[] toZ, double[][] toWeights) {
        /** ∂L/∂b, for ∂z/∂b = 1. */
        public double[] toBias() {
            return toZ;
        }
    }

    /** From the values of {@code trace}; its gradients are not looked at. */
    public static ChainRule of(Setup setup, Trace trace) {
        List<Layer> layers = new ArrayList<>();
        double[] toOutput = ofLoss(setup, trace.layers().getLast().output());
        for (int l = setup.depth() - 1; l >= 0; l--) {
            Trace.Layer layer = trace.layers().get(l);
            double[][] local = local(setup.activations().get(l), layer.z(), layer.output());
            double[] toZ = timesMatrix(toOutput, local);
            layers.addFirst(new Layer(local, toOutput, toZ, outer(layer.input(), toZ)));
            toOutput = timesTransposed(toZ, layer.weights());
        }
        return new ChainRule(layers);
    }

    private static double[] ofLoss(Setup setup, double[] output) {
        Expr d = setup.loss().part().forward().d(0);
        int n = setup.loss().divisor(output.length);
        return IntStream.range(0, output.length)
                .mapToDouble(k -> d.eval(new double[] {output[k], setup.target()[k]}) / n).toArray();
    }

    private static double[][] local(Activation activation, double[] z, double[] a) {
        double[][] local = new double[z.length][z.length];
        switch (activation) {
            case Elementwise e -> {
                Expr d = e.op().forward().d(0);
                for (int j = 0; j < z.length; j++) local[j][j] = d.eval(new double[] {z[j]});
            }
            case Softmax _ -> {
                for (int k = 0; k < z.length; k++)
                    for (int j = 0; j < z.length; j++) local[k][j] = a[k] * ((k == j ? 1 : 0) - a[j]);
            }
        }
        return local;
    }

    private static double[] timesMatrix(double[] row, double[][] matrix) {
        return IntStream.range(0, matrix[0].length)
                .mapToDouble(j -> IntStream.range(0, row.length).mapToDouble(k -> row[k] * matrix[k][j]).sum())
                .toArray();
    }

    private static double[] timesTransposed(double[] row, double[][] matrix) {
        return IntStream.range(0, matrix.length)
                .mapToDouble(i -> IntStream.range(0, row.length).mapToDouble(j -> row[j] * matrix[i][j]).sum())
                .toArray();
    }

    private static double[][] outer(double[] a, double[] b) {
        double[][] m = new double[a.length][b.length];
        for (int i = 0; i < a.length; i++)
            for (int j = 0; j < b.length; j++) m[i][j] = a[i] * b[j];
        return m;
    }

    /** The greatest difference to the gradients of {@code trace}; NaN if any is. */
    public double difference(Trace trace) {
        double worst = 0;
        for (int l = 0; l < layers.size(); l++) {
            Layer own = layers.get(l);
            Trace.Layer library = trace.layers().get(l);
            worst = Math.max(worst, difference(own.toOutput, library.toOutput()));
            worst = Math.max(worst, difference(own.toZ, library.toZ()));
            worst = Math.max(worst, difference(own.toBias(), library.toBias()));
            for (int i = 0; i < own.toWeights.length; i++)
                worst = Math.max(worst, difference(own.toWeights[i], library.toWeights()[i]));
        }
        return worst;
    }

    private static double difference(double[] a, double[] b) {
        double worst = 0;
        for (int i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
        return worst;
    }
}
