package org.chainrule.cpu;

/** A run of elements that an instruction reads or writes: part of a tensor's array or of scratch memory. */
final class Register {
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};
    private static final long[] NO_LONGS = {};

    final Carrier carrier;
    float[] floats = NO_FLOATS;
    double[] doubles = NO_DOUBLES;
    long[] longs = NO_LONGS;
    int at;
    /** Whether all elements are the first: a literal or a broadcast scalar. */
    boolean uniform;

    Register(Carrier carrier) {
        this.carrier = carrier;
    }

    /** Puts it into scratch memory of {@code n} elements. */
    void scratch(int n) {
        at = 0;
        switch (carrier) {
            case FLOAT -> floats = new float[n];
            case DOUBLE -> doubles = new double[n];
            case LONG -> longs = new long[n];
        }
    }

    /** Puts it into {@code array}, which is of its carrier's kind, from {@code offset}. */
    void bind(Object array, int offset) {
        at = offset;
        switch (carrier) {
            case FLOAT -> floats = (float[]) array;
            case DOUBLE -> doubles = (double[]) array;
            case LONG -> longs = (long[]) array;
        }
    }

    /** The same memory as {@code other}. */
    void share(Register other) {
        at = other.at;
        floats = other.floats;
        doubles = other.doubles;
        longs = other.longs;
    }

    void fill(double v, int n) {
        switch (carrier) {
            case FLOAT -> java.util.Arrays.fill(floats, at, at + n, (float) v);
            case DOUBLE -> java.util.Arrays.fill(doubles, at, at + n, v);
            case LONG -> java.util.Arrays.fill(longs, at, at + n, (long) v);
        }
    }
}
