package org.chainrule.benchmarks.peers;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Matrices;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Product;

/** Products by oneDNN. */
final class OneDnn implements Contender {
    private OneDnn() {}

    public static void main(String[] args) {
        Stage.serve(OneDnn::new);
    }

    @Override
    public String description() {
        return "oneDNN " + dnnl.class.getPackage().getImplementationVersion();
    }

    @Override
    public Task prepare(Workload workload) {
        if (!(workload instanceof Product p)) throw new UnsupportedOperationException("multiplies matrices alone");
        Matrices m = Matrices.of(p);
        FloatPointer a = new FloatPointer(m.a()), b = new FloatPointer(m.b()), c = new FloatPointer(m.c());
        byte left = transposition(p.aTransposed()), right = transposition(p.bTransposed());
        return m.task(() -> {
            int status =
                    dnnl.dnnl_sgemm(left, right, p.rows(), p.columns(), p.depth(), 1, a, p.aRow(), b, p.bRow(), 0, c,
                            p.columns());
            if (status != dnnl.dnnl_success) throw new IllegalStateException("oneDNN reports " + status);
        });
    }

    private static byte transposition(boolean transposed) {
        return (byte) (transposed ? 'T' : 'N');
    }
}
