package org.chainrule.cli.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;

/**
 * Every number of one training step, computed in float64 by tensors and their gradients.
 *
 * @param layers    from the first to the last
 * @param loss      before the step
 * @param lossAfter of the same sample after it
 */
public record Trace(List<Layer> layers, double loss, double lossAfter) {
    /**
     * One layer's numbers: {@code z = input · weights + bias}, {@code output = activation(z)}; and gradients of the loss.
     *
     * @param toOutput  ∂L/∂output
     * @param toZ       ∂L/∂z
     * @param toWeights ∂L/∂weights
     * @param toBias    ∂L/∂bias
     */
    public record Layer(double[] input, double[][] weights, double[] bias, double[] z, double[] output,
            double[] toOutput, double[] toZ, double[][] toWeights,
            double[] toBias, double[][] newWeights, double[] newBias) {
        int inputs() {
            return input.length;
        }

        int units() {
            return z.length;
        }
    }

    /** The network's nodes in the graph. */
    private record Graph(List<Tensor> z, List<Tensor> a, Tensor loss) {
        static Graph of(Setup setup, Tensor x, Tensor y, List<Tensor> weights, List<Tensor> biases) {
            List<Tensor> z = new ArrayList<>(), a = new ArrayList<>();
            Tensor in = x;
            for (int l = 0; l < setup.depth(); l++) {
                z.add(in.matmul(weights.get(l)).plus(biases.get(l)));
                in = setup.activations().get(l).apply(z.getLast());
                a.add(in);
            }
            return new Graph(z, a, setup.loss().apply(in, y));
        }
    }

    /** Takes the step in {@code session}. */
    public static Trace of(Session session, Setup setup) {
        Tensor x = session.tensor(Shape.of(1, setup.input().length), setup.input());
        Tensor y = session.tensor(Shape.of(1, setup.target().length), setup.target());
        List<Tensor> w = setup.weights().stream().map(session::tensor).toList(),
                b = setup.biases().stream().map(session::tensor).toList();
        Graph graph = Graph.of(setup, x, y, w, b);
        List<Tensor> gw = graph.loss.gradients(w), gb = graph.loss.gradients(b), gz = graph.loss.gradients(graph.z),
                ga = graph.loss.gradients(graph.a);
        List<Tensor> newW = updated(w, gw, setup), newB = updated(b, gb, setup);
        Tensor after = Graph.of(setup, x, y, newW, newB).loss;
        List<Layer> layers = new ArrayList<>();
        for (int l = 0; l < setup.depth(); l++) {
            Tensor in = l == 0 ? x : graph.a.get(l - 1);
            layers.add(new Layer(in.toDoubles(), setup.weights().get(l), setup.biases().get(l),
                    graph.z.get(l).toDoubles(), graph.a.get(l).toDoubles(),
                    ga.get(l).toDoubles(), gz.get(l).toDoubles(), matrix(gw.get(l)), gb.get(l).toDoubles(),
                    matrix(newW.get(l)), newB.get(l).toDoubles()));
        }
        return new Trace(layers, graph.loss.item(), after.item());
    }

    private static List<Tensor> updated(List<Tensor> parameters, List<Tensor> gradients, Setup setup) {
        List<Tensor> result = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++)
            result.add(parameters.get(i).minus(gradients.get(i).times(setup.learningRate())));
        return result;
    }

    private static double[][] matrix(Tensor t) {
        double[] flat = t.toDoubles();
        int columns = t.shape().dim(1);
        double[][] rows = new double[t.shape().dim(0)][];
        for (int i = 0; i < rows.length; i++) rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        return rows;
    }
}
