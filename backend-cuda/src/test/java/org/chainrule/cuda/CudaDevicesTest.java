package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.io.Json;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.ProductForm;
import org.chainrule.kernels.ProductSize;
import org.chainrule.kernels.Tuner;
import org.chainrule.kernels.Tuning;
import org.chainrule.spi.Backend.Availability.Ready;
import org.chainrule.spi.Backend.DeviceInfo;
import org.chainrule.spi.Tuned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a device says of itself, several beside each other, on whatever thread, what is measured of them, and what they are tuned to. */
@ExtendWith(Emulated.class)
class CudaDevicesTest {
    @TempDir
    private Path folder = Path.of("");

    private static Step counting(Session s) {
        Tensor w = s.tensor(1f, 2f, 3f);
        return s.step(() -> {
            s.assign(w, w.times(0.5).plus(1));
            return w.sum();
        });
    }

    @Test
    void devicesAreListedWithWhatTheyAre() {
        Emulated.load(Configuration.DEFAULT.withDevices(2).withCapability(90).withMultiprocessors(132));
        List<DeviceInfo> devices = ((Ready) new CudaBackend().probe()).devices();
        assertThat(devices).hasSize(2).allSatisfy(d -> {
            assertThat(d.name()).startsWith("CUDA (emulated)");
            assertThat(d.details()).isEqualTo(
                    "GPU, 132 multiprocessors, 4096 MiB, compute capability 9.0, driver CUDA 12.6, NVRTC, cuBLAS");
        });
    }

    @Test
    void twoDevicesTrainBesideEachOther() {
        Emulated.load(Configuration.DEFAULT.withDevices(2));
        try (Session a = Session.open("cuda:0"); Session b = Session.open("cuda:1"); Step one = counting(a); Step two =
                counting(b)) {
            for (int i = 0; i < 5; i++) {
                one.run();
                two.run();
            }
            assertThat(one.item()).isEqualTo(two.item()).isEqualTo(6);
        }
    }

    @Test
    void aSessionGoesFromThreadToThread() throws InterruptedException {
        try (Session s = Session.open("cuda"); Step step = counting(s)) {
            List<Double> sums = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread t = Thread.ofPlatform().start(() -> sums.add(step.run().item()));
                t.join();
            }
            assertThat(sums).containsExactly(6.0, 6.0, 6.0);
        }
    }

    /** Copies wait until something is queued after them; those to one place keep their order, also where one is too large to cross with others. */
    @Test
    void theLastOfSeveralCopiesToOnePlaceIsSeen() {
        try (Session s = Session.open("cuda")) {
            Tensor small = s.tensor(1f, 2f), large = s.full(Shape.of(1 << 20), DType.F32, 0);
            for (int i = 0; i < 40; i++) {
                s.write(small, i, i + 1f);
                float[] values = new float[1 << 20];
                values[values.length - 1] = i;
                s.write(large, values);
                s.write(small, 2f * i, 2f * i + 1);
            }
            assertThat(small.toFloats()).containsExactly(78, 79);
            assertThat(large.toFloats()[(1 << 20) - 1]).isEqualTo(39);
        }
    }

    @Test
    void eachKernelIsReportedOnTheHostsClock() throws IOException {
        Path file = folder.resolve("t.json");
        int runs = 1100;
        long before = System.nanoTime();
        try (Session s = Session.open("cuda", file); Step step = counting(s)) {
            for (int i = 0; i < runs; i++) step.run();
            assertThat(step.item()).isEqualTo(6);
        }
        double micros = (System.nanoTime() - before) / 1e3;
        List<Map<String, Json>> kernels = Json.parse(file.toString(), Files.readString(file)).asObject()
                .get("traceEvents").asArray().stream().map(Json::asObject)
                .filter(e -> e.get("ph").asString().equals("X") && e.get("tid").asLong() == 0).toList();
        assertThat(kernels.size()).isGreaterThanOrEqualTo(runs);
        assertThat(kernels).allSatisfy(k -> {
            assertThat(k.get("args").asObject().get("line").asString()).contains("CudaDevicesTest.java");
            assertThat(k.get("ts").asDouble()).isBetween(0.0, micros);
        });
    }

    @Test
    void everyFormThatIsTriedIsRightAndTheLibrarysIsAmongThem() {
        CudaHardware hardware = CudaHardware.all().getFirst();
        try (CudaDevice device = new CudaDevice(hardware, Optional.empty(), true)) {
            assertThat(ProductForm.candidates(device.tuned(), DType.F32)).extracting(ProductForm::toString)
                    .contains("library");
            Tuner.Finding found = new Tuner(device, device.tuned().with(Tuning.none()), device::compile)
                    .tune(new ProductSize(DType.F32, 70, 33, 90, true, false));
            assertThat(found.refused()).isZero();
            assertThat(found.usual()).hasToString("library");
        }
    }

    /** 1 + 2⁻¹² has a bit beyond the ten that a tensor core reads. */
    @Test
    void operandsAreRoundedToTenBitsOnRequestAlone() {
        assertThat(sumOfProduct()).isEqualTo(64 * 64 * 64 * (1 + 0x1p-12));
        System.setProperty(Cublas.TF32, "true");
        try {
            assertThat(sumOfProduct()).isEqualTo(64 * 64 * 64);
        } finally {
            System.clearProperty(Cublas.TF32);
        }
    }

    private static double sumOfProduct() {
        try (Session s = Session.open("cuda")) {
            Tensor a = s.full(Shape.of(64, 64), DType.F32, 1 + 0x1p-12), b = s.full(Shape.of(64, 64), DType.F32, 1);
            return a.matmul(b).sum().item();
        }
    }

    @Test
    void whatIsFoundFastestIsKept() {
        keeping(() -> {
            List<Tuned> told = new ArrayList<>();
            new CudaBackend().tune(0, List.of(Shape.of(20, 9, 30)), told::add);
            assertThat(told).hasSize(3);
            assertThat(CudaHardware.all().getFirst().tuned(true, true).tuning().found()).hasSize(3);
        });
    }

    @Test
    void whatWasCompiledIsKept() {
        keeping(() -> {
            for (int i = 0; i < 2; i++) {
                Emulated.emulator().resetCounters();
                try (Session s = Session.open("cuda"); Step step = counting(s)) {
                    assertThat(step.run().item()).isEqualTo(6);
                }
                assertThat(Emulated.emulator().counters().compilations()).isEqualTo(i == 0 ? 1 : 0);
            }
        });
    }

    /** Runs {@code test} with an empty folder for what is kept. */
    private void keeping(Runnable test) {
        String before = System.getProperty(BinaryCache.PROPERTY, "");
        System.setProperty(BinaryCache.PROPERTY, folder.toString());
        try {
            test.run();
        } finally {
            System.setProperty(BinaryCache.PROPERTY, before);
        }
    }
}
