package org.chainrule.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.benchmarks.contender.Batches;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Steps;
import org.chainrule.benchmarks.contender.Synthetic;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.versioncheck.VersionCheck;
import org.nd4j.versioncheck.VersionInfo;

/** DL4J on ND4J's native backend. Its only momentum is Nesterov's: one operation more for each weight. */
final class Dl4j implements Contender {
    private Dl4j() {}

    public static void main(String[] args) {
        Stage.serve(Dl4j::new);
    }

    @Override
    public String description() {
        return "DL4J "
                + VersionCheck.getVersionInfos().stream().filter(v -> v.getArtifactId().equals("deeplearning4j-nn"))
                        .map(VersionInfo::getBuildVersion).findFirst().orElse("of an unknown version");
    }

    @Override
    public Task prepare(Workload workload) {
        return switch (workload) {
            case Training t -> training(t);
            case Xor _ -> xor();
            case Product _, Elementwise _ -> throw new UnsupportedOperationException("is measured at trainings");
        };
    }

    private static Task training(Training t) {
        List<Layer> layers = new ArrayList<>();
        List<float[]> weights = new ArrayList<>();
        int depth = t.widths().size() - 1;
        for (int i = 1; i <= depth; i++) {
            int in = t.widths().get(i - 1), out = t.widths().get(i);
            layers.add(i < depth ? dense(in, out, Activation.RELU)
                    : output(LossFunction.MCXENT, in, out, Activation.SOFTMAX));
            weights.add(Synthetic.weights(in, out, i - 1));
        }
        IUpdater updater = switch (t.rule()) {
            case SGD -> new Nesterovs(Training.SGD_RATE, Training.MOMENTUM);
            case ADAM -> new Adam(Training.ADAM_RATE);
        };
        MultiLayerNetwork net = network(updater, layers, weights);
        Batches<Batch> batches = new Batches<>(b -> new Batch(
                Nd4j.create(Synthetic.inputs(t.batch() * t.inputs(), b), new long[] {t.batch(), t.inputs()}, 'c'),
                Nd4j.create(Synthetic.oneHot(Synthetic.labels(t.batch(), t.classes(), b), t.classes()),
                        new long[] {t.batch(), t.classes()}, 'c')));
        return Steps.training(last -> step(net, batches.next(), last));
    }

    private static Task xor() {
        List<Layer> layers =
                List.of(dense(2, 2, Activation.SIGMOID), output(LossFunction.MSE, 2, 1, Activation.SIGMOID));
        Batch batch = new Batch(Nd4j.create(Synthetic.xorInputs(), new long[] {4, 2}, 'c'),
                Nd4j.create(Synthetic.xorTargets(), new long[] {4, 1}, 'c'));
        MultiLayerNetwork net = network(new Sgd(Xor.RATE), layers,
                List.of(Synthetic.xorWeights(2, 2, 0), Synthetic.xorWeights(2, 1, 1)));
        return Steps.xor(last -> step(net, batch, last));
    }

    private static Layer dense(int in, int out, Activation activation) {
        return new DenseLayer.Builder().nIn(in).nOut(out).activation(activation).build();
    }

    private static Layer output(LossFunction loss, int in, int out, Activation activation) {
        return new OutputLayer.Builder(loss).nIn(in).nOut(out).activation(activation).build();
    }

    /** A network that starts from those weights, {@code [out, in]} for each layer. */
    private static MultiLayerNetwork network(IUpdater updater, List<Layer> layers, List<float[]> weights) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().updater(updater).list();
        layers.forEach(list::layer);
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        for (int i = 0; i < weights.size(); i++) {
            INDArray w = net.getParam(i + "_W");
            w.assign(Nd4j.create(weights.get(i), new long[] {w.size(1), w.size(0)}, 'c').transpose());
        }
        return net;
    }

    private record Batch(INDArray x, INDArray y) {}

    private static double step(MultiLayerNetwork net, Batch batch, boolean last) {
        net.fit(batch.x, batch.y);
        return last ? net.score() : 0;
    }
}
