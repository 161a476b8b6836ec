package org.chainrule.benchmarks.peers;

import static org.chainrule.benchmarks.contender.Matrices.transposition;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Matrices;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Product;

/** Products by OpenBLAS, which chooses its kernels by the processor. */
final class OpenBlas implements Contender {
    private OpenBlas() {}

    public static void main(String[] args) {
        Stage.serve(OpenBlas::new);
    }

    @Override
    public String description() {
        return "OpenBLAS " + openblas.class.getPackage().getImplementationVersion();
    }

    @Override
    public Task prepare(Workload workload) {
        if (!(workload instanceof Product p)) throw new UnsupportedOperationException("multiplies matrices alone");
        Matrices m = Matrices.of(p);
        FloatPointer a = new FloatPointer(m.a()), b = new FloatPointer(m.b()), c = new FloatPointer(m.c());
        int left = transposition(p.aTransposed()), right = transposition(p.bTransposed());
        return m.task(() -> openblas.cblas_sgemm(Matrices.ROW_MAJOR, left, right, p.rows(), p.columns(), p.depth(), 1,
                a, p.aRow(), b, p.bRow(), 0, c, p.columns()));
    }
}
