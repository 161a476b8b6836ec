package org.chainrule.harness.cuda;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The machine that is emulated.
 *
 * @param devices         how many GPUs it has; with none {@code cuInit} fails
 * @param memory          bytes of each
 * @param driver          the CUDA version of its driver, 1000 × major + 10 × minor
 * @param capability      10 × major + minor of the GPUs' compute capability
 * @param multiprocessors of each
 * @param streams         when streams do their work
 * @param order           in which order the threads of a block run, and the blocks
 * @param seed            of {@link Order#RANDOM}
 * @param checks          what is looked at while kernels run
 * @param libraries       the libraries that it has
 */
public record Configuration(int devices, long memory, int driver, int capability, int multiprocessors, Streams streams,
        Order order, long seed, Checks checks, Set<Library> libraries) {
    /** When a stream does what it was given. */
    public enum Streams {
        /** When something waits for it, so that a missing wait shows as old data. */
        LAZY,
        /** At once. */
        EAGER
    }

    /** The order of threads. A kernel's result must not depend on it. */
    public enum Order {
        ASCENDING, DESCENDING,
        /** The first threads of all warps, then the second ones, and so on. */
        INTERLEAVED, RANDOM,
        /** Each of the others in turn, for the blocks of a launch and from one launch to the next. */
        ALTERNATING
    }

    /** What is looked at in kernels. */
    public enum Checks {
        /** Nothing, which is fastest; copies and cuBLAS are still held to their buffers. */
        NONE,
        /** Whether each access lies in a living buffer, is aligned, and reads what was written. */
        MEMORY,
        /** And that threads, blocks and streams do not touch the same memory unordered. */
        RACES
    }

    /** A library of CUDA. Only the driver is needed by the others. */
    public enum Library {
        DRIVER("libcuda.so.1"), NVRTC("libnvrtc.so.12"), CUBLAS("libcublas.so.12");

        final String file;

        Library(String file) {
            this.file = file;
        }
    }

    /** One GPU of compute capability 8.0 with 4 GiB, lazy streams, every order of threads, every check. */
    public static final Configuration DEFAULT = new Configuration(1, 4L << 30, 12_060, 80, 8, Streams.LAZY,
            Order.ALTERNATING, 1, Checks.RACES, EnumSet.allOf(Library.class));

    public Configuration {
        libraries = Set.copyOf(libraries);
        if (devices < 0 || memory < 1 || multiprocessors < 1) {
            throw new IllegalArgumentException("no machine has " + devices + " GPUs of " + memory + " bytes and "
                    + multiprocessors + " multiprocessors");
        }
    }

    public Configuration withDevices(int count) {
        return new Configuration(count, memory, driver, capability, multiprocessors, streams, order, seed, checks,
                libraries);
    }

    public Configuration withMemory(long bytes) {
        return new Configuration(devices, bytes, driver, capability, multiprocessors, streams, order, seed, checks,
                libraries);
    }

    public Configuration withDriver(int version) {
        return new Configuration(devices, memory, version, capability, multiprocessors, streams, order, seed, checks,
                libraries);
    }

    public Configuration withCapability(int number) {
        return new Configuration(devices, memory, driver, number, multiprocessors, streams, order, seed, checks,
                libraries);
    }

    public Configuration withMultiprocessors(int count) {
        return new Configuration(devices, memory, driver, capability, count, streams, order, seed, checks, libraries);
    }

    public Configuration with(Streams how) {
        return new Configuration(devices, memory, driver, capability, multiprocessors, how, order, seed, checks,
                libraries);
    }

    public Configuration with(Order how) {
        return new Configuration(devices, memory, driver, capability, multiprocessors, streams, how, seed, checks,
                libraries);
    }

    public Configuration withSeed(long of) {
        return new Configuration(devices, memory, driver, capability, multiprocessors, streams, order, of, checks,
                libraries);
    }

    public Configuration with(Checks which) {
        return new Configuration(devices, memory, driver, capability, multiprocessors, streams, order, seed, which,
                libraries);
    }

    /** A machine that has these libraries alone. What a process has loaded it keeps, so this is for the first one that it loads. */
    public Configuration with(Set<Library> which) {
        return new Configuration(devices, memory, driver, capability, multiprocessors, streams, order, seed, checks,
                which);
    }

    /** The lines that the native side reads. */
    String lines() {
        return String.format(Locale.ROOT,
                "devices=%d\nmemory=%d\ndriver=%d\nmajor=%d\nminor=%d\nmultiprocessors=%d\neager=%b\norder=%s\nseed=%d\nchecks=%s\ncompiler=%s\n",
                devices, memory, driver, capability / 10, capability % 10, multiprocessors, streams == Streams.EAGER,
                order, seed, checks, NativeBuild.COMPILER);
    }
}
