package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.chainrule.BackendUnavailableException;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.chainrule.spi.Backend.Availability.Ready;
import org.chainrule.spi.Backend.DeviceInfo;
import org.junit.jupiter.api.Test;

/** Several devices in one process. Drivers read from their environment what devices they have, so each process is one of its own. */
class SeveralDevicesTest {
    private static final int STEPS = 30;
    private static final Path RUSTICL = Path.of("/etc/OpenCL/vendors/rusticl.icd");
    /** Two devices of one driver that differ in how many threads they have. */
    private static final Map<String, String> TWO = Map.of("POCL_DEVICES", "basic pthread");

    /** What the process told, by what each line is about. */
    private static Map<String, String> told(Map<String, String> environment, String subject)
            throws IOException, InterruptedException {
        OpenCl.require();
        Process process =
                SuiteProcess.start(SeveralDevicesTest.class, environment, List.of(), List.of(subject));
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            assertThat(process.waitFor()).as(() -> String.join("\n", lines)).isZero();
            Map<String, String> told = new LinkedHashMap<>();
            lines.stream().map(line -> line.split(" = ", 2)).filter(parts -> parts.length == 2)
                    .forEach(parts -> told.put(parts[0], parts[1]));
            return told;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void twoDevicesTrainBesideEachOtherAsEachDoesAlone() throws IOException, InterruptedException {
        Map<String, String> told = told(TWO, "training");
        assertThat(told.get("name 0")).startsWith("basic");
        assertThat(told.get("name 1")).startsWith("pthread");
        assertThat(told.get("beside 0")).isNotBlank().isEqualTo(told.get("alone 0")).isEqualTo(told.get("beside 1"))
                .isEqualTo(told.get("alone 1"));
    }

    @Test
    void aDeviceThatIsNotThereIsToldWithThoseThatAre() throws IOException, InterruptedException {
        assertThat(told(TWO, "number").get("refused")).contains("'opencl' has no device 7: it has 2", "basic-",
                "pthread-");
    }

    /** Of another driver too, where there is one: it has no double precision and may make subnormal numbers 0. */
    @Test
    void whatEachDeviceCanIsWhatItIsListedWith() throws IOException, InterruptedException {
        Map<String, String> environment = new LinkedHashMap<>(TWO);
        if (Files.exists(RUSTICL)) environment.put("RUSTICL_ENABLE", "llvmpipe");
        else if ("true".equals(System.getenv("CI"))) SuiteProcess.missing("there is no " + RUSTICL);
        Map<String, String> told = told(environment, "abilities");
        List<String> details = told.entrySet().stream().filter(e -> e.getKey().startsWith("details"))
                .map(Map.Entry::getValue).toList();
        assertThat(details).hasSizeGreaterThanOrEqualTo(2);
        for (int i = 0; i < details.size(); i++) {
            assertThat(details.get(i)).contains(told.get("f64 " + i).equals("true") ? ", f64, " : ", no f64, ")
                    .containsPattern(
                            ", [0-9]+ KiB local, .*, f16( in storage alone)?, .*OpenCL [123]\\.[0-9], driver ");
            if (details.get(i).contains("subnormals kept"))
                assertThat(told.get("half of the least normal number " + i)).isEqualTo("5.877472E-39");
        }
        if (Files.exists(RUSTICL)) assertThat(details).anyMatch(d -> d.contains("no f64"))
                .anyMatch(d -> d.contains("subnormals may be flushed"));
        assertThat(details).anyMatch(d -> d.contains("subnormals kept"));
    }

    /** A network that is trained step by step. */
    private record Trained(Session session, Sequential net, Step step) implements AutoCloseable {
        static Trained on(int device) {
            Session session = Session.open("opencl:" + device);
            Tensor x = session.tensor(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
            Tensor y = session.tensor(new float[][] {{0}, {1}, {1}, {0}});
            Sequential net = Sequential.of(Linear.of(2, 8), Ops.TANH, Linear.of(8, 1)).init(session, Rng.of(42));
            Adam adam = Adam.of(net.parameters()).learningRate(0.05);
            return new Trained(session, net,
                    session.step(() -> adam.minimize(Losses.bceWithLogits(net.apply(x), y))));
        }

        /** The loss and all parameters. */
        String state() {
            List<String> all = new ArrayList<>(List.of(Double.toHexString(step.item())));
            net.parameters().forEach(p -> all.add(Arrays.toString(p.value().toFloats())));
            return String.join(" ", all);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** Argument: what to tell of. */
    @SuppressWarnings("SystemOut") // it is read by the test that started this process
    public static void main(String[] args) {
        Map<String, String> told = new LinkedHashMap<>();
        switch (args[0]) {
            case "training" -> train(told);
            case "number" -> {
                try (Session session = Session.open("opencl:7")) {
                    told.put("opened", session.device().name());
                } catch (BackendUnavailableException e) {
                    told.put("refused", e.getMessage().replace("\n", " "));
                }
            }
            case "abilities" -> {
                if (new OpenClBackend().probe() instanceof Ready(List<DeviceInfo> devices))
                    IntStream.range(0, devices.size()).forEach(i -> tryOut(i, devices.get(i), told));
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
        told.forEach((about, what) -> System.out.println(about + " = " + what));
    }

    private static void train(Map<String, String> told) {
        for (int i = 0; i < 2; i++) {
            try (Trained one = Trained.on(i)) {
                for (int step = 0; step < STEPS; step++) one.step.run();
                told.put("alone " + i, one.state());
                told.put("name " + i, one.session.device().name());
            }
        }
        try (Trained first = Trained.on(0); Trained second = Trained.on(1)) {
            for (int step = 0; step < STEPS; step++) {
                first.step.run();
                second.step.run();
            }
            told.put("beside 0", first.state());
            told.put("beside 1", second.state());
        }
    }

    private static void tryOut(int i, DeviceInfo info, Map<String, String> told) {
        told.put("details " + i, info.details());
        try (Session session = Session.open("opencl:" + i)) {
            told.put("f64 " + i, Boolean.toString(session.device().traits().dtypes().contains(DType.F64)));
            told.put("half of the least normal number " + i,
                    Float.toString(session.tensor(Float.MIN_NORMAL).times(0.5).toFloats()[0]));
        }
    }
}
