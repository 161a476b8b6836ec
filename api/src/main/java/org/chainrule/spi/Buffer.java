package org.chainrule.spi;

import org.chainrule.DType;

/** Memory on a device for {@link #length()} elements of one dtype. Closing it gives the memory back; closing twice does nothing. */
public interface Buffer extends AutoCloseable {
    /** No memory. */
    Buffer NONE = new Buffer() {
        @Override
        public DType dtype() {
            return DType.BOOL;
        }

        @Override
        public int length() {
            return 0;
        }

        @Override
        public void close() {}
    };

    DType dtype();

    /** Number of elements. */
    int length();

    @Override
    void close();
}
