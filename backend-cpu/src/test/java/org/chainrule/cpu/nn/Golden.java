package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StoredTensor;
import org.chainrule.spi.Backend.Availability;

/** Results recorded from PyTorch. */
record Golden(String name, SafeTensors file) {
    /** The backends that every test of this package runs on. */
    static List<String> backends() {
        return Backends.all().stream().filter(b -> b.probe() instanceof Availability.Ready).map(b -> b.name()).toList();
    }

    static Path shared() {
        String shared = System.getProperty("chainrule.shared", "");
        assumeTrue(!shared.isEmpty() && Files.isDirectory(Path.of(shared, "data", "golden")),
                "-Dchainrule.shared does not name the folder with the recorded results");
        return Path.of(shared);
    }

    /** The names, without ending, of the cases of {@code group} that begin with {@code prefix}. */
    static List<String> cases(String group, String prefix) {
        try (Stream<Path> files = Files.list(shared().resolve("data/golden").resolve(group))) {
            List<String> names = files.map(f -> f.getFileName().toString()).filter(n -> n.startsWith(prefix))
                    .map(n -> n.replace(".safetensors", "")).sorted().toList();
            if (names.isEmpty()) fail("no case of " + group + " begins with " + prefix);
            return names;
        } catch (IOException e) {
            return fail(e);
        }
    }

    static Golden read(String group, String name) {
        return new Golden(name,
                SafeTensors.read(shared().resolve("data/golden").resolve(group).resolve(name + ".safetensors")));
    }

    boolean has(String tensor) {
        return file.tensors().containsKey(tensor);
    }

    double[] doubles(String tensor) {
        return file.tensor(tensor).toDoubles();
    }

    Shape shape(String tensor) {
        return Shape.of(Arrays.stream(file.tensor(tensor).shape()).mapToInt(Math::toIntExact).toArray());
    }

    Tensor tensor(Session session, String tensor) {
        StoredTensor t = file.tensor(tensor);
        return switch (t.type()) {
            case I64 -> session.tensor(shape(tensor), t.toLongs());
            case F64 -> session.tensor(shape(tensor), t.toDoubles());
            default -> fail(name + ": " + tensor + " is " + t.type());
        };
    }

    String meta(String key) {
        return file.metadata().getOrDefault(key, "");
    }

    double attribute(String key) {
        return Double.parseDouble(meta("attr." + key));
    }

    boolean flag(String key) {
        return Boolean.parseBoolean(meta("attr." + key));
    }

    /** Each element of {@code got} within {@code relative} of the greatest magnitude expected, or both NaN. */
    void assertClose(String tensor, double[] got, double relative) {
        double[] expected = doubles(tensor);
        assertEquals(expected.length, got.length, name + ": " + tensor);
        double scale = Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        for (int i = 0; i < got.length; i++) {
            boolean same =
                    Double.compare(expected[i], got[i]) == 0 || Math.abs(expected[i] - got[i]) <= relative * scale;
            if (!same)
                fail(name + ": " + tensor + "[" + i + "] is " + got[i] + ", expected " + expected[i] + " of " + scale);
        }
    }
}
