package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DTypeTest {
    @ParameterizedTest
    @CsvSource({"I32, F32, F32", "F32, I64, F32", "F32, F64, F64", "F16, F32, F32", "I32, I64, I64", "BOOL, I32, I32"})
    void ofTwoDTypesThatDifferTheConversionThatLosesLessIsProposed(DType a, DType b, DType proposed) {
        for (DType[] pair : new DType[][] {{a, b}, {b, a}}) {
            String told = assertThrows(InvalidArgumentException.class,
                    () -> Tensor.requireSameType("add", pair[0], pair[1])).getMessage();
            assertTrue(told.endsWith("convert one, as in x.to(DType." + proposed + ")"), told);
        }
    }
}
