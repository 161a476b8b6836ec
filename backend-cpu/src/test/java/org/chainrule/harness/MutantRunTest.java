package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.graph.Op;
import org.chainrule.harness.cases.Families;
import org.chainrule.harness.mutants.Mutant;
import org.chainrule.harness.mutants.MutantRun;
import org.chainrule.harness.mutants.Mutants;
import org.junit.jupiter.api.Test;

class MutantRunTest {
    private static final Mutant WITHOUT_ERF =
            Mutants.all().stream().filter(m -> m.name().equals("erf-not-a-number")).findFirst().orElseThrow();

    private static Options only(String cases, String op) {
        return new Options(Options.SEED, cases, op, Optional.empty(), Optional.empty(), 0);
    }

    @Test
    void aNameThatTheSuiteHasNotIsRefused() {
        MutantRun run = new MutantRun("cpu", only("sizes/map/f32", ""));
        assertThat(run.run(WITHOUT_ERF, List.of("sizes/map/f32/65"))).hasSize(1);
        assertThatThrownBy(() -> run.run(WITHOUT_ERF, List.of("sizes/map/f32/65", "sizes/map/f32/66")))
                .hasMessageContaining("no case 'sizes/map/f32/66'");
    }

    @Test
    void recordedResultsThatAreNotHereAreLeftOut() {
        MutantRun run = new MutantRun("cpu", only("sizes/map/f32", ""));
        assertThat(run.run(WITHOUT_ERF, List.of("golden/unary/gelu__scalar", "onnx/test_erf",
                "training/mlp_sgd__relu_mse/f32"))).isEmpty();
    }

    @Test
    void resultsThatAreNoNumbersAreWorseThanAnyNumber() {
        if (!(WITHOUT_ERF.fault() instanceof Mutant.Fault.OfDevice(var change))) throw new AssertionError(WITHOUT_ERF);
        try (Session session = Session.on("cpu", change.apply(Backends.open("cpu").device()))) {
            assertThat(Sweep.ofInterval(Ops.ERF, 64, new SplittableRandom(1)).forward(session).ulps()).isNaN();
        }
    }

    @Test
    void gradientsAreHeldAgainstDifferencesThroughViewsToo() {
        Substitution wrong = (_, f) -> in -> f.apply(in).stream()
                .map(y -> in.getFirst().op() instanceof Op.Leaf ? y : gradientTwice(y)).toList();
        Options options = only("differences", "tanh");
        try (Target target = Target.of("reference")) {
            ConformanceReport report =
                    Conformance.of(target, options, Families.all(options, wrong)).run(_ -> {
                    });
            assertThat(report.failures()).extracting(r -> r.subject().name()).contains(
                    "differences/tanh/f64/transposed", "differences/tanh/f64/stepped",
                    "differences/tanh/f64/offset", "differences/tanh/f64/reversed");
            assertThat(report.counts().passed()).isPositive();
        }
    }

    private static Tensor gradientTwice(Tensor y) {
        return Tensor.custom("twice", y.times(1), (_, _, cotangent) -> List.of(cotangent.times(2)), y);
    }
}
