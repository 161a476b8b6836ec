package org.chainrule.cpu;

import org.chainrule.DType;

/** What a register of a dtype is computed in. */
enum Carrier {
    /** f32, the half-width types widened, and bool as 0 and 1. */
    FLOAT,
    DOUBLE,
    /** Both integer types. */
    LONG;

    static Carrier of(DType type) {
        return switch (type) {
            case F32, F16, BF16, BOOL -> FLOAT;
            case F64 -> DOUBLE;
            case I32, I64 -> LONG;
        };
    }

    /** Whether an array of {@code type} is one of its carrier, so that a register can lie in it. */
    static boolean isDirect(DType type) {
        return type == DType.F32 || type == DType.F64 || type == DType.I64;
    }
}
