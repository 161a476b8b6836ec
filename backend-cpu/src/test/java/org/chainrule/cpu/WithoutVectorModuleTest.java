package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Starts a virtual machine without the Vector API's module. */
class WithoutVectorModuleTest {
    @Test
    void scalarLoopsRunAndNameTheFlag() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Program.class.getName()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals(
                "scalar loops: start Java with --add-modules jdk.incubator.vector for vector kernels; 2.7182817, 27000.0",
                output.strip());
    }

    static final class Program {
        private Program() {
        }

        public static void main(String[] args) {
            float[] x = {1}, a = new float[900], c = new float[900];
            Lanes.best().exp(x, 0, x, 0, 1);
            java.util.Arrays.fill(a, 30);
            try (Threads threads = Threads.configured()) {
                Gemm.best().multiply(30, 30, 30, a, 0, 30, 1, a, 0, 1, 30, c, 0, 30, Epilogue.NONE, threads);
            }
            System.out.println(Lanes.best().description() + "; " + x[0] + ", " + c[899]);
        }
    }
}
