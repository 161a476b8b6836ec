package org.chainrule.cli.train;

import java.awt.image.BufferedImage;

/** Pictures brought to the size that a model takes. */
final class Shrunk {
    private Shrunk() {}

    /**
     * The brightness, from 0 for black to 1 for white, of {@code image} on a grid of {@code width} × {@code height}: each
     * place is the mean over its part of the picture. Transparent is black.
     */
    static float[] of(BufferedImage image, int width, int height) {
        float[] out = new float[width * height];
        for (int y = 0; y < height; y++) {
            int top = y * image.getHeight() / height, bottom = Math.max(top + 1, (y + 1) * image.getHeight() / height);
            for (int x = 0; x < width; x++) {
                int left = x * image.getWidth() / width, right = Math.max(left + 1, (x + 1) * image.getWidth() / width);
                double sum = 0;
                for (int v = top; v < bottom; v++)
                    for (int u = left; u < right; u++) sum += brightness(image.getRGB(u, v));
                out[y * width + x] = (float) (sum / ((bottom - top) * (right - left)));
            }
        }
        return out;
    }

    /** ITU-R BT.601 luma. */
    private static double brightness(int argb) {
        double luma = 0.299 * (argb >> 16 & 255) + 0.587 * (argb >> 8 & 255) + 0.114 * (argb & 255);
        return luma / 255 * (argb >>> 24) / 255;
    }
}
