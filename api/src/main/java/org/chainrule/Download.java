package org.chainrule;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A tensor's elements on their way from its buffer to Java values. */
record Download(Device device, Tensor tensor, Buffer from) {
    double[] doubles() {
        return tensor.dtype().isFloat() ? device.doubles(from) : Arrays.stream(longs()).asDoubleStream().toArray();
    }

    float[] floats() {
        if (tensor.dtype() != DType.F32) {
            double[] d = doubles();
            float[] f = new float[d.length];
            for (int i = 0; i < f.length; i++) f[i] = (float) d[i];
            return f;
        }
        float[] f = new float[from.length()];
        device.download(from, MemorySegment.ofArray(f));
        return f;
    }

    long[] longs() {
        return Elements.longs(tensor.dtype(), MemorySegment.ofArray(bytes()), from.length());
    }

    /** The raw elements, row-major, packed, native byte order. */
    byte[] bytes() {
        byte[] raw = new byte[Math.multiplyExact(from.length(), tensor.dtype().bytes())];
        device.download(from, MemorySegment.ofArray(raw));
        return raw;
    }
}
