package org.chainrule.cpu;

/** One thread's panels, kept from product to product. */
final class GemmScratch {
    /** Elements of a vector product that are summed together. */
    static final int ROW = 2048;

    private static final ThreadLocal<GemmScratch> OF_THREAD = ThreadLocal.withInitial(GemmScratch::new);

    final float[] row = new float[ROW];
    final float[] tile = new float[12 * 32 + Tiles.SLACK];
    private float[] a = new float[0];
    private float[] b = new float[0];

    static GemmScratch ofThread() {
        return OF_THREAD.get();
    }

    float[] a(int length) {
        if (a.length < length) {
            a = new float[length];
        }
        return a;
    }

    float[] b(int length) {
        if (b.length < length) {
            b = new float[length];
        }
        return b;
    }
}
