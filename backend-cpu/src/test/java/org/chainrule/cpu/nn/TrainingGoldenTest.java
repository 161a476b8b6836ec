package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Options;
import org.chainrule.harness.Result;
import org.chainrule.harness.Target;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.harness.training.Deviation;
import org.chainrule.harness.training.RecordedTraining;
import org.chainrule.harness.training.TrainingBounds;
import org.junit.jupiter.api.Test;

/** The reference follows the trainings that PyTorch recorded, and a training that is not the recorded one is told from it. */
class TrainingGoldenTest {
    @Test
    void referenceFollowsEveryRecordedTraining() {
        Options options = new Options(Options.SEED, "training", "", Optional.of(Golden.shared().resolve("data/golden")),
                Optional.empty(), 0);
        try (Target reference = Target.of("reference")) {
            Conformance suite = Conformance.of(reference, options);
            // it does not round to float32, so float32's bounds are none of its own
            List<Result> results = suite.families().stream().flatMap(suite::cases)
                    .filter(c -> c.name().endsWith("/f64")).map(suite::run).toList();
            ConformanceReport report = suite.report(results);
            assertEquals("", report.failureText(c -> c.name()));
            assertTrue(report.counts().passed() > 60, report::summary);
        }
    }

    @Test
    void otherLearningRateThanRecordedIsCaught() {
        assertTrue(failure(DType.F32, base -> base * (1 + 1e-6)).contains("after1"));
        assertTrue(failure(DType.F64, base -> base * (1 + 1e-6)).contains("after1"));
    }

    @Test
    void stepThatIsNotTheAnalysedOneIsCaught() {
        int[] reads = {0};
        assertTrue(
                failure(DType.F32, base -> reads[0]++ % 3 == 2 ? base * (1 + 1e-4) : base).contains("float32 allows"));
    }

    private static String failure(DType type, DoubleUnaryOperator rate) {
        try (Session session = Session.open("cpu")) {
            RecordedTraining wrong = RecordedTraining.of(GoldenCase.read(
                    Golden.shared().resolve("data/golden/train/mlp_adam__gelu_ce.safetensors")), session, type);
            wrong.optimizer().schedule((_, base) -> rate.applyAsDouble(base));
            return assertThrows(Deviation.class, () -> {
                if (type == DType.F64) wrong.follow();
                else TrainingBounds.check(wrong, new TrainingBounds.Tally());
            }).getMessage();
        }
    }
}
