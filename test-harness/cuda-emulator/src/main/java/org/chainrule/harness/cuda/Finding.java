package org.chainrule.harness.cuda;

/**
 * Something that is wrong in a program, though it may have run.
 *
 * @param times how often
 * @param text  what did what where: kernels by name, memory as a buffer's number and an offset, threads by number
 */
public record Finding(Kind kind, long times, String text) {
    /** What kinds of mistakes are told apart. */
    public enum Kind {
        /** Memory outside of every buffer. */
        OUT_OF_BOUNDS,
        /** Memory of a buffer that was freed. */
        USE_AFTER_FREE,
        /** A buffer that is freed again. */
        DOUBLE_FREE,
        /** An address that is no multiple of what is read or written there. */
        MISALIGNED,
        /** Memory that is read and was never written. */
        UNINITIALISED,
        /** Two threads that touch the same memory, one of them writing, with nothing that orders them. */
        RACE,
        /** Work of two streams that touches the same memory, one of it writing, and neither waits for the other. */
        STREAM_ORDER,
        /** Threads of a block, or of a warp, that do not all meet at a barrier. */
        DIVERGENT_BARRIER,
        /** A launch that CUDA refuses: too many threads, blocks, or too much shared memory. */
        GEOMETRY,
        /** Arguments of a launch that do not fit its kernel. */
        BAD_ARGUMENT,
        /** Memory of the host that is touched or freed before an asynchronous copy has run, or is not page-locked. */
        HOST_MEMORY,
        /** A leading dimension that is less than a matrix has rows. */
        LEADING_DIMENSION,
        /** A handle that was never given out, or is used after its end. */
        BAD_HANDLE,
        /** What must not be done while a stream is captured to a graph. */
        CAPTURE,
        /** What was made and never destroyed. */
        LEAK,
        /** A kernel that stops itself. */
        TRAP,
        /** A function that the emulator does not have. */
        NOT_EMULATED
    }

    @Override
    public String toString() {
        return kind + (times == 1 ? ": " : " (" + times + " times): ") + text;
    }
}
