package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.chainrule.Backends;
import org.chainrule.DType;
import org.chainrule.harness.graphs.GraphCases;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;
import org.junit.jupiter.api.Test;

/** Random graphs on devices that are less than whole. */
class GraphCasesTest {
    private static ConformanceReport of(int graphs, UnaryOperator<Device> change) {
        Options options = new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), graphs);
        try (Target target = Target.of("changed", () -> change.apply(Backends.open("cpu").device()))) {
            return Conformance.of(target, options, List.of(new GraphCases(options))).run(_ -> {
            });
        }
    }

    private static UnaryOperator<Device> without(DType... lacking) {
        return d -> new DeviceFilter(d) {
            @Override
            public Traits traits() {
                Traits t = super.traits();
                Set<DType> left = EnumSet.copyOf(t.dtypes());
                left.removeAll(Arrays.asList(lacking));
                return new Traits(t.fuses(), left, t.composites());
            }
        };
    }

    @Test
    void graphsForADeviceWithoutSinglePrecisionAreInDoublePrecision() {
        ConformanceReport report = of(24, without(DType.F32));
        assertThat(report.failures()).isEmpty();
        assertThat(report.counts().passed()).as(report.summary()).isGreaterThan(12);
    }

    @Test
    void aDeviceWithoutFloatsIsToldWhatItLacks() {
        ConformanceReport report = of(8, without(DType.F16, DType.BF16, DType.F32, DType.F64));
        assertThat(report.counts().unsupported()).as(report.summary()).isEqualTo(8);
        assertThat(report.unsupported().firstKey()).contains("does not support dtype F");
    }

    @Test
    void numbersOfAnotherStreamAreWrong() {
        assertThat(of(60, d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] streams) {
                        e.run(buffers, Arrays.stream(streams).map(s -> s + 1).toArray());
                    }

                    @Override
                    public void close() {
                        e.close();
                    }
                };
            }
        }).failures()).isNotEmpty().extracting(ConformanceReport::text)
                .allSatisfy(text -> assertThat(text).containsAnyOf("s.uniform(", "s.normal("));
    }
}
