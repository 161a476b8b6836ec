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
    private float[] edge = new float[0];

    private boolean taken;

    static GemmScratch ofThread() {
        return OF_THREAD.get();
    }

    /** This thread's panels until {@link #giveBack}; others for a product inside another's epilogue. */
    static GemmScratch take() {
        GemmScratch own = OF_THREAD.get(), free = own.taken ? new GemmScratch() : own;
        free.taken = true;
        return free;
    }

    void giveBack() {
        taken = false;
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

    /** Rows that do not fill a panel. */
    float[] edge(int length) {
        if (edge.length < length) {
            edge = new float[length];
        }
        return edge;
    }
}
