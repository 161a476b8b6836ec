package org.chainrule.cli.explain;

import java.util.List;

/**
 * What is trained by one step.
 *
 * @param weights      a matrix {@code [inputs][units]} for each layer
 * @param biases       a vector {@code [units]} for each layer
 * @param activations  one for each layer
 * @param input        the sample
 * @param target       what the network should make of it
 * @param learningRate the step's η
 */
public record Setup(List<double[][]> weights, List<double[]> biases, List<Activation> activations, Loss loss,
        double[] input, double[] target, double learningRate) {
    public Setup {
        weights = List.copyOf(weights);
        biases = List.copyOf(biases);
        activations = List.copyOf(activations);
    }

    /** Number of layers that have weights. */
    public int depth() {
        return weights.size();
    }

    /** Number of weights and biases. */
    public int parameters() {
        int n = 0;
        for (int l = 0; l < depth(); l++) n += (weights.get(l).length + 1) * biases.get(l).length;
        return n;
    }
}
