package org.chainrule.cpu.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.DataFormatException;
import org.chainrule.DivergedException;
import org.chainrule.NonFiniteException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.data.Dataset;
import org.chainrule.expr.Ops;
import org.chainrule.nn.BatchNorm;
import org.chainrule.nn.Dropout;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.chainrule.optim.Sgd;
import org.chainrule.train.Checkpoint;
import org.chainrule.train.EarlyStopping;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.History;
import org.chainrule.train.Objective;
import org.chainrule.train.Saving;
import org.chainrule.train.Trainer;
import org.chainrule.train.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerTest {
    @TempDir
    private Path folder = Path.of("");

    private final Session session = Session.open("cpu");

    @AfterEach
    void close() {
        session.close();
    }

    /** Points on the plane, of one class inside of a circle; 83 of them, so that the last batch of 16 is smaller. */
    private static Dataset circle() {
        float[][] points = new float[83][2];
        int[] labels = new int[points.length];
        for (int i = 0; i < points.length; i++) {
            points[i][0] = (float) Math.sin(i * 12.9898);
            points[i][1] = (float) Math.sin(i * 78.233);
            labels[i] = points[i][0] * points[i][0] + points[i][1] * points[i][1] < 0.6 ? 1 : 0;
        }
        return Dataset.of(points, labels);
    }

    private static Sequential network(int width) {
        return Sequential.of(Linear.of(2, width), BatchNorm.of(width), Ops.GELU, Dropout.of(0.2), Linear.of(width, 2));
    }

    private Trainer trainer(Sequential net, double rate) {
        Rng rng = Rng.of(3);
        net.init(session, rng);
        return Trainer.of(session, net, Objective.classification(0.05),
                Adam.of(net.parameters()).learningRate(rate).noise(0.001, 0.55, Rng.of(4))).batchSize(16).seed(5)
                .randomness(rng).gradientNorms(2);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "2, 6", "3, 5"})
    void aRunThatFailsAnywhereResumesToTheSameBits(long epoch, int batch) {
        Path whole = folder.resolve("whole"), broken = folder.resolve("broken");
        trainer(network(12), 0.01).saving(Saving.to(whole)).earlyStopping(EarlyStopping.after(9)).fit(Feed.of(circle()),
                Feed.of(circle()), 4);
        Trainer failing = trainer(network(12), 0.01).saving(Saving.to(broken).everyBatches(2))
                .earlyStopping(EarlyStopping.after(9)).onBatch(b -> {
                    if (b.epoch() == epoch && b.number() == batch)
                        throw new IllegalStateException("the power went off");
                });
        assertThatThrownBy(() -> failing.fit(Feed.of(circle()), Feed.of(circle()), 4)).hasMessage("the power went off");
        History rest = trainer(network(12), 0.01).saving(Saving.to(broken)).earlyStopping(EarlyStopping.after(9))
                .resume(Checkpoint.read(broken), "broken").fit(Feed.of(circle()), Feed.of(circle()), 4);
        assertThat(rest.completed()).isEqualTo(4);
        assertThat(broken).hasSameBinaryContentAs(whole);
    }

    @Test
    void earlyStoppingPutsTheBestWeightsInPlace() {
        Sequential net = network(12);
        List<Double> losses = new ArrayList<>();
        History history =
                trainer(net, 0.3).earlyStopping(EarlyStopping.after(2)).onEpoch(e -> losses.add(e.monitoredLoss()))
                        .fit(Feed.of(circle()), Feed.of(circle()), 200);
        assertThat(history.stopped()).isEqualTo(History.Reason.STOPPED_EARLY);
        double best = losses.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        assertThat(losses.getLast()).isGreaterThan(best);
        try (var evaluator = Evaluator.of(session, net, Objective.classification(0.05), Feed.of(circle()))) {
            assertThat(evaluator.evaluate().loss()).isEqualTo(best);
        }
    }

    @Test
    void theRemainderIsTrainedOnUnlessDropped() {
        List<Integer> sizes = new ArrayList<>();
        trainer(network(4), 0.01).onBatch(b -> sizes.add(b.size())).fit(Feed.of(circle()), 1);
        assertThat(sizes).containsExactly(16, 16, 16, 16, 16, 3);
        sizes.clear();
        trainer(network(4), 0.01).dropRemainder().onBatch(b -> sizes.add(b.size())).fit(Feed.of(circle()), 1);
        assertThat(sizes).containsExactly(16, 16, 16, 16, 16);
    }

    @Test
    void aDivergingRunNamesItsPlaceAndLeavesAFiniteCheckpoint() {
        Path file = folder.resolve("checkpoint");
        assertThatThrownBy(() -> trainer(network(4), 1e38).saving(Saving.to(file)).fit(Feed.of(circle()), 5))
                .isInstanceOf(NonFiniteException.class)
                .hasMessageContainingAll("epoch 1, batch", "last finite loss", "learning rate", file.toString());
        Sequential net = network(4);
        net.init(session, Rng.of(0));
        Weights.restore(net, Checkpoint.read(file).weights(), "checkpoint");
        assertThat(Weights.of(net)).isNotEmpty();
    }

    @Test
    void weightsOfAnotherNetworkAreRefused() {
        Checkpoint checkpoint = trainer(network(4), 0.01).checkpoint();
        assertThatThrownBy(() -> trainer(network(5), 0.01).resume(checkpoint, "four"))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContainingAll("four", "'0.weight'", "[5, 2]", "[4, 2]");
    }

    @Test
    void anUpdateThatDivergesIsNoticedEvenWhereItIsTheLast() {
        Sequential net = Sequential.of(Linear.of(2, 2));
        net.init(session, Rng.of(1));
        Trainer trainer = Trainer.of(session, net, Objective.classification(0),
                Sgd.of(net.parameters()).learningRate(1e38).l2(1e10)).batchSize(83);
        assertThatThrownBy(() -> trainer.fit(Feed.of(circle()), 1)).isInstanceOf(NonFiniteException.class)
                .hasMessageContainingAll("epoch 1, batch 1 of 1", "parameter '0.weight' became", "learning rate");
    }

    /** Gradient descent whose loss grows by a factor in each step, from its first batch to the one that is refused. */
    private Trainer climbing() {
        Sequential net = Sequential.of(Linear.of(2, 1));
        net.init(session, Rng.of(1));
        return Trainer.of(session, net, Objective.regression(), Sgd.of(net.parameters()).learningRate(2)).batchSize(16);
    }

    @Test
    void aLossThatExplodesIsToldFromThatOfTheFirstBatchAfterAResumptionToo() {
        Path file = folder.resolve("checkpoint");
        Feed<Dataset.Buffers> plane = Feed.of(Dataset.ofValues(circle().features(), new int[] {2}, new float[83], 1));
        List<Double> losses = new ArrayList<>();
        String said = "";
        try {
            climbing().saving(Saving.to(file).everyBatches(1)).onBatch(b -> losses.add(b.loss())).fit(plane, 99);
        } catch (DivergedException e) {
            said = e.getMessage().substring(0, e.getMessage().indexOf(". Lower"));
        }
        assertThat(said).containsPattern("batch \\d of 6: the loss exploded to [0-9.]+, from " + losses.getFirst()
                + " in the first batch");
        assertThat(losses.getLast()).isGreaterThan(10 * Math.max(1, losses.getFirst()));
        assertThatThrownBy(() -> climbing().resume(Checkpoint.read(file), "resumed").fit(plane, 99))
                .isInstanceOf(DivergedException.class).hasMessageStartingWith(said);
    }

    @Test
    void fittingFurtherGoesOnAsAResumedRunDoes() {
        Path whole = folder.resolve("whole"), parts = folder.resolve("parts");
        trainer(network(12), 0.1).saving(Saving.to(whole)).earlyStopping(EarlyStopping.after(50))
                .fit(Feed.of(circle()), Feed.of(circle()), 9);
        Trainer trainer =
                trainer(network(12), 0.1).saving(Saving.to(parts)).earlyStopping(EarlyStopping.after(50));
        trainer.fit(Feed.of(circle()), Feed.of(circle()), 6);
        Checkpoint between = trainer.checkpoint();
        trainer.fit(Feed.of(circle()), Feed.of(circle()), 9);
        assertThat(parts).hasSameBinaryContentAs(whole);
        trainer(network(12), 0.1).saving(Saving.to(parts)).earlyStopping(EarlyStopping.after(50))
                .resume(between, "between").fit(Feed.of(circle()), Feed.of(circle()), 9);
        assertThat(parts).hasSameBinaryContentAs(whole);
    }
}
