package org.chainrule.cpu;

import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.harness.golden.GoldenTests;
import org.chainrule.spi.Backend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Outputs and gradients that PyTorch recorded, on every backend of this module. */
final class GoldenTest {
    @TestFactory
    Stream<DynamicTest> recordedResultsAreMet() {
        return Backends.all().stream().map(Backend::name).flatMap(GoldenTests::of);
    }
}
