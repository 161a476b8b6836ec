package org.chainrule.benchmarks.contender;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.chainrule.benchmarks.contender.Contender.Task;
import org.chainrule.benchmarks.contender.Workload.Product;

/**
 * The matrices of a product outside of the Java heap, where C libraries read and write them, aligned as they like it.
 *
 * @param a the left operand as it lies in memory
 * @param b the right operand as it lies in memory
 * @param c the result, row by row
 */
public record Matrices(FloatBuffer a, FloatBuffer b, FloatBuffer c) {
    private static final int ALIGNMENT = 64;
    /** {@code CBLAS_ROW_MAJOR}. */
    public static final int ROW_MAJOR = 101;

    public static Matrices of(Product p) {
        return new Matrices(buffer(Synthetic.left(p)), buffer(Synthetic.right(p)),
                buffer(new float[p.rows() * p.columns()]));
    }

    /** How the C interface of matrix libraries names the layout of an operand. */
    public static int transposition(boolean transposed) {
        return transposed ? 112 : 111;
    }

    /** A product by a library that computes {@code once} each time, which this does first. */
    public Task task(Runnable once) {
        once.run();
        return new Task() {
            @Override
            public void run(int runs) {
                for (int i = 0; i < runs; i++) once.run();
            }

            @Override
            public double check() {
                float[] result = new float[c.capacity()];
                c.get(0, result);
                return Synthetic.sum(result);
            }
        };
    }

    private static FloatBuffer buffer(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * Float.BYTES + ALIGNMENT).alignedSlice(ALIGNMENT);
        FloatBuffer floats = bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().slice(0, values.length);
        return floats.put(0, values);
    }
}
