package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;
import org.junit.jupiter.api.Test;

/** What clearing up after a case meets neither hides how the case ended nor ends the run. */
class BenchTest {
    private static final Options OPTIONS =
            new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), 0);

    private static String failure(UnaryOperator<Device> fault, Case.Check check) {
        try (Target target = Target.of("faulty", () -> fault.apply(Backends.open("cpu").device()))) {
            Result r = Conformance.of(target, OPTIONS, List.of())
                    .run(new Case("family/case", "op", Oracle.LIFECYCLE, check));
            assertThat(r.verdict()).isInstanceOf(Verdict.Fail.class);
            return ConformanceReport.text(r);
        }
    }

    private static UnaryOperator<Device> closing(Runnable executables, Runnable device) {
        return d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] streams) {
                        e.run(buffers, streams);
                    }

                    @Override
                    public void close() {
                        e.close();
                        executables.run();
                    }
                };
            }

            @Override
            public void close() {
                super.close();
                device.run();
            }
        };
    }

    private static void sound() {}

    private static void broken() {
        throw new IllegalStateException("the driver is gone");
    }

    @Test
    void aLeakIsToldBesideWhatTheCaseFound() {
        assertThat(failure(d -> d, bench -> {
            assertThat(bench.device().allocate(DType.F32, 4).length()).isEqualTo(4);
            return new Verdict.Fail("the sum is wrong");
        })).contains("the sum is wrong", "still holds 16 bytes");
    }

    @Test
    void aSessionThatDoesNotCloseIsToldBesideWhatTheCaseSaid() {
        assertThat(failure(closing(BenchTest::broken, BenchTest::sound), bench -> {
            Session session = bench.session();
            Tensor x = session.tensor(1f, 2f);
            session.step(() -> x.times(2));
            throw new UnsupportedOpException("there is no such op");
        })).contains("there is no such op", "closing a session: ", "the driver is gone");
    }

    @Test
    void aDeviceThatDoesNotCloseIsToldBesideTheFirstFailure() {
        assertThat(failure(closing(BenchTest::sound, BenchTest::broken), bench -> {
            assertThat(bench.device().liveBytes()).isZero();
            throw new AssertionError("the first failure");
        })).contains("the first failure", "closing the device: ", "the driver is gone");
    }

    @Test
    void casesAreCountedUnderTheDTypeThatTheySayWhateverTheirNames() {
        try (Target target = Target.of("cpu")) {
            Conformance suite = Conformance.of(target, OPTIONS, List.of());
            List<Result> results = Stream.of(
                    new Case("family/f32/a", "op", DType.F64, Oracle.ANALYSIS, _ -> Verdict.passed(1)),
                    new Case("family/f32/b", "op", Oracle.ANALYSIS, _ -> Verdict.passed(1))).map(suite::run).toList();
            assertThat(suite.report(results).ops()).extracting(line -> line.subject().type())
                    .containsExactly("any", "f64");
        }
    }
}
