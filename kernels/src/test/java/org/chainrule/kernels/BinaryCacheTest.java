package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryCacheTest {
    private static final byte[] BINARY = {1, 2, 3, 4, 5};

    @TempDir
    private Path folder = Path.of("");

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("backend"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void aBinaryIsFoundForItsTextAndDevice() {
        BinaryCache.in(folder, "backend", "device").write("text", BINARY::clone);
        assertThat(BinaryCache.in(folder, "backend", "device").read("text")).contains(BINARY);
        assertThat(BinaryCache.in(folder, "backend", "device").read("another text")).isEmpty();
        assertThat(BinaryCache.in(folder, "backend", "another device").read("text")).isEmpty();
    }

    @Test
    void aDamagedBinaryIsNotGivenToTheDriver() throws IOException {
        BinaryCache cache = BinaryCache.in(folder, "backend", "device");
        cache.write("text", BINARY::clone);
        byte[] whole = Files.readAllBytes(onlyFile());
        for (int length = 0; length < whole.length; length++) {
            Files.write(onlyFile(), Arrays.copyOf(whole, length));
            assertThat(cache.read("text")).isEmpty();
        }
        byte[] other = whole.clone();
        other[other.length - 1] ^= 1;
        Files.write(onlyFile(), other);
        assertThat(cache.read("text")).isEmpty();
        cache.write("text", BINARY::clone);
        assertThat(cache.read("text")).contains(BINARY);
    }
}
