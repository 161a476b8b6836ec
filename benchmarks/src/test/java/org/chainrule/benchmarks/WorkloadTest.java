package org.chainrule.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.chainrule.benchmarks.contender.Synthetic;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.cli.UsageException;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    @Test
    void aNameTellsAllOfTheWork() {
        assertThat(Workload.usual()).allSatisfy(w -> assertThat(Workload.of(w.name())).contains(w));
        assertThat(Workload.usual()).extracting(Workload::name).doesNotHaveDuplicates();
        assertThat(Workload.of("product/3x5x7-tn")).contains(new Product(3, 5, 7, true, false));
        for (String none : List.of("product/3x5-nn", "product/0x1x1-nn", "elementwise/exp-3", "elementwise/sin-1K",
                "mlp", ""))
            assertThat(Workload.of(none)).as(none).isEmpty();
    }

    @Test
    void theFirstLayerOfATrainingNeedsNoGradientOfItsInput() {
        double flops = Workload.of("mlp-sgd").orElseThrow().flops();
        assertThat(flops).isEqualTo(2.0 * 128 * (2 * 784 * 512 + 3 * 512 * 256 + 3 * 256 * 10));
    }

    @Test
    void aNameOnTheCommandLineMeansAllThatBeginWithIt() {
        assertThat(Bench.workloads(List.of("mlp", "mlp-sgd"))).extracting(Workload::name).containsExactly("mlp-sgd",
                "mlp-adam");
        assertThat(Bench.workloads(List.of("product/3x5x7-tn"))).hasSize(1);
        assertThat(Bench.workloads(List.of())).isEqualTo(Workload.usual());
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Bench.workloads(List.of("mlp-sdg")))
                .withMessage("--workload: there is no work 'mlp-sdg'; did you mean mlp-sgd?");
    }

    @Test
    void aTransposedOperandHoldsTheSameMatrix() {
        Product plain = new Product(2, 3, 4, false, false), transposed = new Product(2, 3, 4, true, true);
        assertThat(Synthetic.transposed(Synthetic.left(transposed), 3, 2)).isEqualTo(Synthetic.left(plain));
        assertThat(Synthetic.transposed(Synthetic.right(transposed), 4, 3)).isEqualTo(Synthetic.right(plain));
    }
}
