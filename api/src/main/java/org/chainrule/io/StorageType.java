package org.chainrule.io;

/** The element types of the safetensors format, under the names that stand in its files; all are little-endian. */
public enum StorageType {
    F64(8), I64(8), U64(8), C64(8), F32(4), I32(4), U32(4), F16(2), BF16(2), I16(2), U16(2),
    I8(1), U8(1), BOOL(1), F8_E4M3(1), F8_E5M2(1), F8_E8M0(1);

    private final int bytes;

    StorageType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }
}
