package org.chainrule.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;

/** Addresses and handles as JCuda takes them: it keeps constructors that take numbers, and the numbers, to subclasses. */
final class Address {
    private Address() {}

    /** An address of a device, or a place for one. */
    static final class OnDevice extends CUdeviceptr {
        OnDevice() {}

        OnDevice(long address) {
            super(new CUdeviceptr(), address);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A kernel. */
    static final class Function extends CUfunction {
        long value() {
            return getNativePointer();
        }
    }

    /** A stream. */
    static final class Stream extends CUstream {
        long value() {
            return getNativePointer();
        }
    }

    /** An address of the host, or a place for one. Never memory of the heap, which the collector moves while a copy is under way. */
    static final class OnHost extends Pointer {
        OnHost() {}

        private OnHost(long address) {
            super(address);
        }

        static OnHost of(MemorySegment segment, long offset) {
            if (!segment.isNative()) throw new IllegalArgumentException("memory of the heap for a queued copy");
            return new OnHost(segment.address() + offset);
        }

        long value() {
            return getNativePointer();
        }
    }
}
