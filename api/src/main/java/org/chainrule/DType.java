package org.chainrule;

/** The type of a tensor's elements. */
public enum DType {
    /** IEEE 754 binary32: the default. */
    F32(4),
    /** IEEE 754 binary64: for gradient checks and small exact studies. */
    F64(8),
    /** IEEE 754 binary16, for storage: arithmetic on it is done, and its result given, in {@link #F32}. */
    F16(2),
    /** bfloat16, for storage: arithmetic on it is done, and its result given, in {@link #F32}. */
    BF16(2),
    /** 32-bit two's complement, wrapping. */
    I32(4),
    /** 64-bit two's complement, wrapping: indices and class labels. */
    I64(8),
    /** True or false, one byte each. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether gradients can flow through values of this type. */
    public boolean isFloat() {
        return this == F32 || this == F64 || this == F16 || this == BF16;
    }

    /** Whether this is {@link #I32} or {@link #I64}. */
    public boolean isInteger() {
        return this == I32 || this == I64;
    }

    /** Whether values of {@code other} lose more by conversion to this type than those of this type by conversion to {@code other}. */
    boolean loses(DType other) {
        return isFloat() == other.isFloat() ? bytes < other.bytes : other.isFloat();
    }

    /** The type in which arithmetic on this type is done: {@link #F32} for the half-width types, itself otherwise. */
    public DType arithmetic() {
        return this == F16 || this == BF16 ? F32 : this;
    }

    /** The value of {@code v} after being stored in this type and read back; integers wrap, bool is {@code v != 0}. */
    public double round(double v) {
        return switch (this) {
            case F64 -> v;
            case F32 -> (float) v;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) v));
            case BF16 -> bf16ToFloat(floatToBf16((float) v));
            case I32 -> (int) (long) v;
            case I64 -> (long) v;
            case BOOL -> v != 0 ? 1 : 0;
        };
    }

    /** The bfloat16 nearest to {@code v}, ties to even; NaN stays NaN. */
    public static short floatToBf16(float v) {
        int bits = Float.floatToRawIntBits(v);
        if (Float.isNaN(v)) return (short) ((bits >>> 16) | 0x40);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** The value of a bfloat16. */
    public static float bf16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
