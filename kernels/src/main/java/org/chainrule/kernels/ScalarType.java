package org.chainrule.kernels;

import org.chainrule.DType;

/** How sources name and access elements of a dtype. */
final class ScalarType {
    private ScalarType() {}

    /** The type of elements in memory. */
    static String stored(DType dtype) {
        return switch (dtype) {
            case F32 -> "f32";
            case F64 -> "f64";
            case F16 -> "f16";
            case BF16 -> "bf16";
            case I32 -> "i32";
            case I64 -> "i64";
            case BOOL -> "bool8";
        };
    }

    /** The type of a register; bool is 0 or 1 in an i32. */
    static String register(DType dtype) {
        return switch (dtype) {
            case F32, F16, BF16 -> "f32";
            case F64 -> "f64";
            case I32, BOOL -> "i32";
            case I64 -> "i64";
        };
    }

    /** The value of the element at {@code place} of {@code memory}, widened to a register. */
    static String load(DType dtype, String memory, String place) {
        return switch (dtype) {
            case F32, F64, I32, I64, BOOL -> memory + "[" + place + "]";
            case F16 -> "LOAD_f16(" + memory + ", " + place + ")";
            case BF16 -> "load_bf16(" + memory + "[" + place + "])";
        };
    }

    /** The statement that stores a register. */
    static String store(DType dtype, String memory, String place, String value) {
        return switch (dtype) {
            case F32, F64, I32, I64, BOOL -> memory + "[" + place + "] = " + value + ";";
            case F16 -> "STORE_f16(" + memory + ", " + place + ", " + value + ");";
            case BF16 -> memory + "[" + place + "] = (bf16)store_bf16(" + value + ");";
        };
    }

    /** {@code value} as a literal of a register. */
    static String literal(double value, DType dtype) {
        return switch (dtype) {
            case F32, F16, BF16 -> real((float) value, Float.toHexString((float) value) + "f");
            case F64 -> real(value, Double.toHexString(value));
            case I32 -> "(i32)" + integer(wrapped(value));
            case I64 -> integer((long) value);
            case BOOL -> value != 0 ? "1" : "0";
        };
    }

    private static int wrapped(double value) {
        return (int) (long) value;
    }

    private static String real(double value, String text) {
        if (Double.isNaN(value)) return "NAN";
        if (Double.isInfinite(value)) return value > 0 ? "INFINITY" : "(-INFINITY)";
        return text.startsWith("-") ? "(" + text + ")" : text;
    }

    /** The least number of a type is no literal of C, so a negative one is the number above it less 1. */
    private static String integer(long value) {
        return value < 0 ? "(-" + -(value + 1) + "L - 1)" : value + "L";
    }
}
