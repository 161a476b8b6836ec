package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Target;
import org.chainrule.harness.cases.Families;
import org.chainrule.harness.cases.StructureCases;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Configuration.Order;
import org.chainrule.harness.cuda.Configuration.Streams;
import org.chainrule.harness.cuda.Failure;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every structure of kernel with all threads in one order, while the whole suite takes the orders in turn, with streams that work at once, by our own
 * products, and on a GPU with so many multiprocessors that other launches are chosen: nothing may depend on it.
 */
@ExtendWith(Emulated.class)
class CudaOrdersTest {
    private static final List<String> CASES = List.of("structure", "product", "network/softmax", "network/log_softmax",
            "network/layer_norm", "reduction/sum", "reduction/max", "reduction/argmax", "reduction/cumsum",
            "sizes/matmul-k", "sizes/softmax-last", "sizes/sum-all", "movement/gather", "movement/scatter_add",
            "random/normal/f32");

    // @formatter:off
    @ParameterizedTest
    @CsvSource(textBlock = """
        DESCENDING,  LAZY,  8,   true
        INTERLEAVED, EAGER, 132, false
        RANDOM,      LAZY,  2,   false""")
    // @formatter:on
    void nothingDependsOnTheOrderOfThreads(Order order, Streams streams, int multiprocessors, boolean cublas) {
        Configuration machine =
                Configuration.DEFAULT.with(order).with(streams).withMultiprocessors(multiprocessors).withSeed(7);
        if (!cublas) Emulated.load(machine).fail(Failure.noCublasHandle());
        else Emulated.load(machine);
        List<Family> families = new ArrayList<>(List.of(new StructureCases()));
        families.addAll(Families.all(new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), 0)));
        for (String name : CASES) {
            Options options = new Options(Options.SEED, name, "", Optional.empty(), Optional.empty(), 0);
            try (Target target = Target.of("cuda")) {
                Conformance suite = Conformance.of(target, options, families);
                suite.requireCases();
                ConformanceReport report = suite.run(_ -> {
                });
                assertThat(report.counts().total()).isPositive();
                assertThat(report.failures()).extracting(ConformanceReport::text).isEmpty();
            }
        }
    }
}
