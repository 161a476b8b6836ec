package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Source;

/** NVIDIA's compiler on this machine. */
final class Nvcc {
    private static final List<String> FRONT = List.of("-std=c++17", "-fmad=false", "-ptx", "-arch=compute_75",
            // a function's index is unused where it needs none
            "-diag-suppress", "177", "-Werror", "all-warnings");

    private Nvcc() {}

    /** A program of the toolkit. */
    static Optional<Path> tool(String name) {
        return Stream
                .concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/local/cuda/bin"))
                .map(f -> Path.of(f, name)).filter(Files::isExecutable).findFirst();
    }

    /** The command that compiles {@code source} to {@code ptx}. */
    static List<String> command(Path source, Path ptx) {
        List<String> command = new ArrayList<>(List.of(tool("nvcc").orElseThrow().toString()));
        command.addAll(FRONT);
        command.addAll(List.of("-o", ptx.toString(), source.toString()));
        return command;
    }

    /** The PTX of all together. */
    static String ptx(List<Source> sources, Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("all.cu"), Dialect.CUDA.complete(sources, true));
        Path ptx = folder.resolve("all.ptx"), log = folder.resolve("all.txt");
        int status = new ProcessBuilder(command(source, ptx)).redirectErrorStream(true).redirectOutput(log.toFile())
                .start().waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
        return Files.readString(ptx);
    }
}
