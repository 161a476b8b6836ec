package org.chainrule.cli.report;

import org.chainrule.InvalidArgumentException;

/** An 8-bit grayscale image, rows from the top. */
public final class GrayImage implements Input {
    private final int width;
    private final byte[] pixels;

    private GrayImage(int width, byte[] pixels) {
        this.width = width;
        this.pixels = pixels;
    }

    /**
     * The image whose darkest pixel is the least of {@code values} and whose brightest is the greatest, so that
     * standardised inputs can be passed as they are. NaN becomes black.
     *
     * @throws InvalidArgumentException if {@code values} is not a whole, positive number of rows
     */
    public static GrayImage scaled(int width, float[] values) {
        if (width < 1 || values.length == 0 || values.length % width != 0) {
            throw new InvalidArgumentException("%d pixels are not rows of %d".formatted(values.length, width));
        }
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            if (Float.isFinite(value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        float scale = high > low ? 255 / (high - low) : 0;
        var pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.clamp(Math.round((values[i] - low) * scale), 0, 255);
        }
        return new GrayImage(width, pixels);
    }

    public int width() {
        return width;
    }

    public int height() {
        return pixels.length / width;
    }

    /** The brightness at column {@code x} of row {@code y}, 0 to 255. */
    public int at(int x, int y) {
        return pixels[y * width + x] & 0xff;
    }
}
