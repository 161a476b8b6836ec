package org.chainrule.benchmarks.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
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

/** DJL's Trainer on its PyTorch engine. */
final class Djl implements Contender {
    private static final String ENGINE = "PyTorch";

    private Djl() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("ai.djl.pytorch.num_threads", System.getProperty("threads", "1"));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    }

    public static void main(String[] args) {
        Stage.serve(Djl::new);
    }

    @Override
    public String description() {
        return "DJL " + Engine.getDjlVersion() + " on PyTorch " + Engine.getEngine(ENGINE).getVersion();
    }

    @Override
    public Task prepare(Workload workload) {
        return switch (workload) {
            case Training t -> training(t);
            case Xor _ -> xor();
            case Product _, Elementwise _ -> throw new UnsupportedOperationException("computes as libtorch does");
        };
    }

    private static Task training(Training t) {
        SequentialBlock net = new SequentialBlock();
        List<float[]> weights = new ArrayList<>();
        for (int i = 1; i < t.widths().size(); i++) {
            if (i > 1) net.add(Activation.reluBlock());
            net.add(Linear.builder().setUnits(t.widths().get(i)).build());
            weights.add(Synthetic.weights(t.widths().get(i - 1), t.widths().get(i), i - 1));
        }
        Optimizer optimizer = switch (t.rule()) {
            case SGD -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed((float) Training.SGD_RATE))
                    .optMomentum((float) Training.MOMENTUM).build();
            case ADAM -> Optimizer.adam().optLearningRateTracker(Tracker.fixed((float) Training.ADAM_RATE)).build();
        };
        Shape shape = new Shape(t.batch(), t.inputs());
        Trainer trainer = trainer(net, weights, Loss.softmaxCrossEntropyLoss(), optimizer, shape);
        NDManager manager = trainer.getManager();
        Batches<Batch> batches = new Batches<>(b -> new Batch(
                manager.create(Synthetic.inputs(t.batch() * t.inputs(), b), shape),
                manager.create(Synthetic.labels(t.batch(), t.classes(), b), new Shape(t.batch(), 1))));
        return Steps.training(last -> step(trainer, batches.next(), last));
    }

    private static Task xor() {
        SequentialBlock net = new SequentialBlock().add(Linear.builder().setUnits(2).build())
                .add(Activation.sigmoidBlock()).add(Linear.builder().setUnits(1).build())
                .add(Activation.sigmoidBlock());
        Optimizer optimizer = Optimizer.sgd().setLearningRateTracker(Tracker.fixed((float) Xor.RATE)).build();
        // the weight takes out the half that DJL puts before the square
        Trainer trainer = trainer(net, List.of(Synthetic.xorWeights(2, 2, 0), Synthetic.xorWeights(2, 1, 1)),
                Loss.l2Loss("mean square", 1), optimizer, new Shape(4, 2));
        NDManager manager = trainer.getManager();
        Batch batch = new Batch(manager.create(Synthetic.xorInputs(), new Shape(4, 2)),
                manager.create(Synthetic.xorTargets(), new Shape(4, 1)));
        return Steps.xor(last -> step(trainer, batch, last));
    }

    /** A trainer of the network that starts from those weights, {@code [out, in]} for each layer. */
    private static Trainer trainer(SequentialBlock net, List<float[]> weights, Loss loss, Optimizer optimizer,
            Shape input) {
        Model model = Model.newInstance("model", Device.cpu(), ENGINE);
        model.setBlock(net);
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()}));
        trainer.initialize(input);
        List<Block> layers = net.getChildren().values().stream().filter(Linear.class::isInstance).toList();
        for (int i = 0; i < layers.size(); i++)
            layers.get(i).getParameters().get("weight").getArray().set(weights.get(i));
        return trainer;
    }

    private record Batch(NDArray x, NDArray y) {}

    private static double step(Trainer trainer, Batch batch, boolean last) {
        double read = 0;
        try (GradientCollector collector = trainer.newGradientCollector();
                NDManager temporaries = trainer.getManager().newSubManager()) {
            NDList out = trainer.forward(new NDList(batch.x));
            NDArray loss = trainer.getLoss().evaluate(new NDList(batch.y), out);
            temporaries.attachAll(loss);
            temporaries.attachAll(out.toArray(NDArray[]::new));
            collector.backward(loss);
            if (last) read = loss.getFloat();
        }
        trainer.step();
        return read;
    }
}
