package org.chainrule.harness.onnx;

import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.UnsupportedOpException;

/** The element types of {@code TensorProto.DataType}, in the order of their numbers. */
enum ElementType {
    UNDEFINED, FLOAT(DType.F32), UINT8, INT8, UINT16, INT16, INT32(DType.I32), INT64(DType.I64), STRING,
    BOOL(DType.BOOL), FLOAT16(DType.F16), DOUBLE(DType.F64), UINT32, UINT64, COMPLEX64, COMPLEX128,
    BFLOAT16(DType.BF16), FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, UINT4, INT4, FLOAT4E2M1,
    FLOAT8E8M0, UINT2, INT2;

    private static final List<ElementType> BY_NUMBER = List.of(values());

    private final Optional<DType> dtype;

    ElementType() {
        this.dtype = Optional.empty();
    }

    ElementType(DType dtype) {
        this.dtype = Optional.of(dtype);
    }

    /** The type of that number, if there is one. */
    static Optional<ElementType> of(long number) {
        return number < 0 || number >= BY_NUMBER.size() ? Optional.empty() : Optional.of(BY_NUMBER.get((int) number));
    }

    /** The type of that number. @throws UnsupportedOpException where there is none */
    static ElementType required(long number) {
        return of(number).orElseThrow(() -> new UnsupportedOpException("element type " + number + " is not known"));
    }

    /** Whether a dtype holds it. */
    boolean isHeld() {
        return dtype.isPresent();
    }

    /** The dtype that holds it. @throws UnsupportedOpException where there is none */
    DType dtype() {
        return dtype.orElseThrow(() -> new UnsupportedOpException("element type " + this));
    }
}
