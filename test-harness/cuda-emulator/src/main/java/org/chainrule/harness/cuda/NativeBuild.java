package org.chainrule.harness.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Builds the libraries with g++, once for each state of their sources and each compiler. */
final class NativeBuild {
    static final String COMPILER = "g++";
    private static final String FLAGS = "-std=c++17 -O1 -fPIC -march=x86-64-v3 -ffp-contract=off -fno-strict-aliasing";
    private static final List<String> HEADERS = List.of("clock.h", "compiler.h", "copies.h", "emulator.h", "fibers.h",
            "graphs.h", "hostmemory.h", "kernel.h", "launch.h", "memory.h", "shadow.h", "simt.h", "streams.h",
            "translation.h", "statuses.txt", "cublas.map", "nvrtc.map");
    private static final List<Part> PARTS = List.of(
            new Part("libcuda.so.1", "driver", 801, "",
                    List.of("emulator", "contexts", "memory", "shadow", "streams", "graphs", "fibers", "simt",
                            "modules", "compiler", "translation", "copies", "hostmemory", "watch")),
            new Part("libnvrtc.so.12", "nvrtc", 11, "-Wl,--version-script=nvrtc.map -L. -l:libcuda.so.1",
                    List.of("nvrtc")),
            new Part("libcublas.so.12", "cublas", 15, "-Wl,--version-script=cublas.map -L. -l:libcuda.so.1",
                    List.of("cublas")));

    /**
     * A library.
     *
     * @param symbols      what lists the functions that it must have
     * @param notSupported what those return that are not emulated
     */
    private record Part(String file, String symbols, int notSupported, String link, List<String> sources) {
        String symbolsFile() {
            return "symbols/" + symbols + ".txt";
        }
    }

    private NativeBuild() {}

    /** Why the libraries cannot be built here; empty where they can. */
    static Optional<String> missing() {
        if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
            return Optional.of("the CUDA emulator is written for Linux on x86-64");
        }
        try {
            version();
            return Optional.empty();
        } catch (IOException e) {
            return Optional
                    .of("the CUDA emulator needs " + COMPILER + " (Debian: apt-get install g++): " + e.getMessage());
        }
    }

    /** The folder with the libraries, which are built if they are not there yet. */
    static Path libraries() {
        try {
            Path parent = Path.of(System.getProperty("chainrule.root", ""), "target", "cuda-emulator").toAbsolutePath();
            Path folder = parent.resolve(key());
            Files.createDirectories(parent);
            // one virtual machine builds, those beside it wait
            try (FileChannel file = FileChannel.open(parent.resolve("lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE); FileLock _ = file.lock()) {
                if (Files.notExists(folder)) build(folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("building the CUDA emulator", e);
        }
    }

    private static void build(Path folder) throws IOException {
        Path unfinished = Files.createTempDirectory(folder.getParent(), "building");
        Files.createDirectory(unfinished.resolve("symbols"));
        for (String file : files()) {
            try (InputStream in = resource(file)) {
                Files.copy(in, unfinished.resolve(file));
            }
        }
        List<Process> compilers = new ArrayList<>();
        for (Part part : PARTS) {
            for (String source : part.sources) compilers.add(start(unfinished, FLAGS, "-c", source + ".cpp"));
            compilers.add(start(unfinished, FLAGS, "-c", "-DSYMBOLS=\"" + part.symbolsFile() + "\"",
                    "-DNOT_SUPPORTED_STATUS=" + part.notSupported, "unimplemented.cpp", "-o",
                    part.symbols + "-rest.o"));
        }
        for (Process compiler : compilers) await(compiler);
        for (Part part : PARTS) {
            List<String> line = new ArrayList<>(List.of("-shared", "-Wl,-soname," + part.file, "-o", part.file));
            for (String source : part.sources) line.add(source + ".o");
            line.add(part.symbols + "-rest.o");
            await(start(unfinished, part.link.isEmpty() ? "-ldl" : part.link, line.toArray(String[]::new)));
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Stream<String> sources() {
        return Stream.concat(PARTS.stream().flatMap(p -> p.sources.stream()), Stream.of("unimplemented"))
                .map(s -> s + ".cpp");
    }

    private static List<String> files() {
        return Stream.of(HEADERS.stream(), sources(), PARTS.stream().map(Part::symbolsFile)).flatMap(s -> s).toList();
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(NativeBuild.class.getResourceAsStream(name), name);
    }

    private static Process start(Path folder, String flags, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(COMPILER));
        line.addAll(Arrays.asList(arguments));
        line.addAll(List.of(flags.split(" ")));
        return new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    }

    private static String await(Process compiler) throws IOException {
        String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        try {
            if (compiler.waitFor() != 0) throw new IOException(said);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + COMPILER, e);
        }
        return said;
    }

    private static String version() throws IOException {
        return await(start(Path.of("").toAbsolutePath(), "--version"));
    }

    private static String key() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((version() + FLAGS + PARTS).getBytes(UTF_8));
            for (String file : files()) {
                try (InputStream in = resource(file)) {
                    digest.update(in.readAllBytes());
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
