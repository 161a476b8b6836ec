package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.ProductForm;
import org.chainrule.kernels.ProductSize;
import org.chainrule.kernels.Tuner;
import org.chainrule.kernels.Tuning;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.Tuned;
import org.junit.jupiter.api.Test;

class TunerTest {
    private static final ProductSize SIZE = new ProductSize(DType.F32, 70, 33, 90, false, false);

    /** Whatever is fast because it computes nothing. */
    private static final Device.Executable IDLE = new Device.Executable() {
        @Override
        public void run(Buffer[] buffers, long[] streams) {}

        @Override
        public void close() {}
    };

    private static ProductForm formOf(Hardware hardware) {
        return hardware.tuning().found().values().iterator().next();
    }

    @Test
    void aFormWhoseResultIsWrongIsNeverTaken() {
        OpenCl.require();
        ClHardware hardware = ClHardware.all().getFirst();
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            long before = device.liveBytes();
            Tuner.Finding f = new Tuner(device, hardware.kind().with(Tuning.none()), (Schedule s, Hardware h) -> {
                if (formOf(h) instanceof ProductForm.Tiles t && t.rows() == 4) return IDLE;
                return device.compile(s, h);
            }).tune(SIZE);
            assertThat(f.told().refused()).isPositive();
            assertThat(f.told().tried()).isGreaterThan(1);
            assertThat(f.form()).matches(form -> !(form instanceof ProductForm.Tiles t) || t.rows() != 4);
            assertThat(device.liveBytes()).isEqualTo(before);
        }
    }

    /** Each form as for a GPU too, whose blocks share memory. */
    @Test
    void everyFormThatIsTriedIsRight() {
        OpenCl.require();
        ClHardware first = ClHardware.all().getFirst();
        for (ClHardware hardware : List.of(first, first.launchedAs(false, true, 32)))
            try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
                for (boolean[] t : new boolean[][] {{false, false}, {true, false}, {false, true}}) {
                    Tuned told = new Tuner(device, hardware.kind().with(Tuning.none()), device::compile)
                            .tune(new ProductSize(DType.F32, 70, 33, 90, t[0], t[1])).told();
                    assertThat(told.refused()).as(told.kernel()).isZero();
                    assertThat(told.tried()).as(told.kernel()).isGreaterThan(10);
                }
            }
    }

    @Test
    void sessionsComputeInTheFormThatWasFound() {
        OpenCl.require();
        OpenClBackend backend = new OpenClBackend();
        List<Tuned> told = new ArrayList<>();
        backend.tune(0, List.of(Shape.of(70, 33, 90)), told::add);
        assertThat(told).extracting(Tuned::kernel).containsExactly("matmul f32 70x33x90 NN", "matmul f32 70x33x90 TN",
                "matmul f32 70x33x90 NT");
        assertThat(ClHardware.all().getFirst().kind().tuning().found().values()).extracting(ProductForm::toString)
                .containsAll(told.stream().map(Tuned::form).toList());
        try (Session tuned = OpenCl.session(); Session reference = Session.open("reference")) {
            assertThat(product(tuned)).hasSameSizeAs(product(reference));
            float[] expected = product(reference), found = product(tuned);
            for (int i = 0; i < expected.length; i++)
                assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(35 * 0x1p-24f * 33);
        }
    }

    private static float[] product(Session s) {
        Tensor a = s.uniform(Rng.of(1), DType.F32, Shape.of(70, 33)), b =
                s.uniform(Rng.of(2), DType.F32, Shape.of(33, 90));
        return a.matmul(b).toFloats();
    }
}
