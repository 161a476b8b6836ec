package org.chainrule.data;

import org.chainrule.InvalidArgumentException;

/**
 * All windows of an encoded text, for models of the next character: sample i is {@code codes[i … i + window - 1]}, its
 * targets are the codes that follow each of these, {@code codes[i + 1 … i + window]}. Nothing is copied until a batch is.
 */
public final class TextWindows implements Samples<TextWindows.Buffers> {
    private final int[] codes;
    private final int window;

    /**
     * Batch buffers, both row-major [batch × window].
     *
     * @param codes the windows
     * @param next the code that follows each; the last of a row is the code after the window
     */
    public record Buffers(int[] codes, int[] next) {}

    /** @throws InvalidArgumentException if {@code window} is below 1 or there is no code after the first window */
    public TextWindows(int[] codes, int window) {
        if (window < 1 || window >= codes.length) {
            throw new InvalidArgumentException("a window must hold from 1 to " + (codes.length - 1)
                    + " codes for a text of " + codes.length + ", got " + window);
        }
        this.codes = codes;
        this.window = window;
    }

    /** Codes in a window. */
    public int window() {
        return window;
    }

    @Override
    public int size() {
        return codes.length - window;
    }

    @Override
    public Buffers buffers(int capacity) {
        return new Buffers(new int[Math.multiplyExact(capacity, window)], new int[capacity * window]);
    }

    @Override
    public long bytes(int count) {
        return 2L * 4 * count * window;
    }

    @Override
    public void fill(Buffers buffers, int[] order, int from, int count) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(codes, order[from + i], buffers.codes, i * window, window);
            System.arraycopy(codes, order[from + i] + 1, buffers.next, i * window, window);
        }
    }
}
