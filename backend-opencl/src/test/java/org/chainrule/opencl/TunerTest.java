package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.ProductForm;
import org.chainrule.kernels.ProductSize;
import org.chainrule.kernels.Tuner;
import org.chainrule.kernels.Tuning;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.Tuned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunerTest {
    private static final ProductSize SIZE = new ProductSize(DType.F32, 70, 33, 90, false, false);

    /** Whatever is fast because it computes nothing. */
    private static final Device.Executable IDLE = new Device.Executable() {
        @Override
        public void run(Buffer[] buffers, long[] streams) {}

        @Override
        public void close() {}
    };

    @TempDir
    private Path folder = Path.of("");
    private String before = "";

    @BeforeEach
    void keepInAFolderOfItsOwn() {
        before = System.getProperty(BinaryCache.PROPERTY, "");
        System.setProperty(BinaryCache.PROPERTY, folder.toString());
    }

    @AfterEach
    void keepAsBefore() {
        System.setProperty(BinaryCache.PROPERTY, before);
    }

    private static ProductForm formOf(Hardware hardware) {
        return hardware.tuning().found().values().iterator().next();
    }

    @Test
    void aFormWhoseResultIsWrongIsNeverTaken() {
        OpenCl.require();
        ClHardware hardware = ClHardware.all().getFirst();
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            long before = device.liveBytes();
            Tuner.Finding f = new Tuner(device, hardware.tuned().with(Tuning.none()), (Schedule s, Hardware h) -> {
                if (formOf(h) instanceof ProductForm.Tiles t && t.rows() == 4) return IDLE;
                return device.compile(s, h);
            }).tune(SIZE);
            assertThat(f.refused()).isPositive();
            assertThat(f.tried()).isGreaterThan(1);
            assertThat(f.form()).matches(form -> !(form instanceof ProductForm.Tiles t) || t.rows() != 4);
            assertThat(device.liveBytes()).isEqualTo(before);
        }
    }

    /** Each form of a processor and of a GPU, whose blocks share memory; which of them a real GPU has registers for is its own affair. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFormThatIsTriedIsRight(boolean gpu) {
        OpenCl.require();
        ClHardware first = ClHardware.all().getFirst();
        assumeTrue(first.isPocl(), "the device is not PoCL's");
        ClHardware hardware = gpu ? first.launchedAs(ClHardware.Kind.GPU, 32) : first;
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            Tuner.Finding found = new Tuner(device, hardware.tuned().with(Tuning.none()), device::compile)
                    .tune(new ProductSize(DType.F32, 70, 33, 90, gpu, !gpu));
            assertThat(found.refused()).isZero();
            assertThat(found.tried()).isGreaterThan(5);
        }
    }

    @Test
    void whatIsFoundIsKeptAndReadAgain() {
        OpenCl.require();
        List<Tuned> told = new ArrayList<>();
        new OpenClBackend().tune(0, List.of(Shape.of(70, 33, 90)), told::add);
        assertThat(told).extracting(Tuned::kernel).containsExactly("matmul f32 70x33x90 NN", "matmul f32 70x33x90 TN",
                "matmul f32 70x33x90 NT");
        assertThat(ClHardware.all().getFirst().tuned().tuning().found().values()).extracting(ProductForm::toString)
                .containsExactlyInAnyOrderElementsOf(told.stream().map(Tuned::form).toList());
    }

    /** Packing takes a launch of its own. */
    @Test
    void sessionsComputeInTheFormThatWasFound() {
        OpenCl.require();
        ClHardware hardware = ClHardware.all().getFirst();
        ProductForm packed = ProductForm.candidates(hardware.tuned(), DType.F32).stream()
                .filter(f -> f instanceof ProductForm.Tiles t && t.packs()).findFirst().orElseThrow();
        assertThat(launchesOf(hardware, new ProductForm.Elements())).isEqualTo(1);
        assertThat(launchesOf(hardware, packed)).isEqualTo(2);
    }

    private static int launchesOf(ClHardware hardware, ProductForm form) {
        hardware.tuningFile().write(new Tuning(Map.of(SIZE, form)));
        try (Session s = OpenCl.session(); Session reference = Session.open("reference")) {
            float[] expected = product(reference), found = product(s);
            for (int i = 0; i < expected.length; i++)
                assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo(35 * 0x1p-24f * 33);
            Tensor a = s.uniform(Rng.of(1), DType.F32, Shape.of(70, 33)).eval(), b =
                    s.uniform(Rng.of(2), DType.F32, Shape.of(33, 90)).eval();
            try (Step step = s.step(() -> a.matmul(b))) {
                return step.size().launches().orElseThrow();
            }
        }
    }

    @Test
    void whatWouldBeKeptNowhereIsNotLookedFor() {
        OpenCl.require();
        System.setProperty(BinaryCache.PROPERTY, "off");
        assertThatThrownBy(() -> new OpenClBackend().tune(0, List.of(Shape.of(9, 9, 9)), _ -> {}))
                .isInstanceOf(InvalidArgumentException.class).hasMessageContaining("chainrule.cache=off");
    }

    @Test
    void aSizeBeyondWhatATensorMayHaveIsRefused() {
        OpenCl.require();
        assertThatThrownBy(() -> new OpenClBackend().tune(0, List.of(Shape.of(65536, 1, 65536)), _ -> {}))
                .isInstanceOf(InvalidArgumentException.class).hasMessageContaining("4294967296 elements");
    }

    private static float[] product(Session s) {
        Tensor a = s.uniform(Rng.of(1), DType.F32, Shape.of(70, 33)), b =
                s.uniform(Rng.of(2), DType.F32, Shape.of(33, 90));
        return a.matmul(b).toFloats();
    }
}
