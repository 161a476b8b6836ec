package org.chainrule.benchmarks.peers;

import static org.chainrule.benchmarks.contender.Matrices.transposition;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.mkl.global.mkl_rt;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Matrices;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Product;

/** Products by Intel's MKL. */
final class Mkl implements Contender {
    private Mkl() {}

    public static void main(String[] args) {
        Stage.serve(Mkl::new);
    }

    @Override
    public String description() {
        return "MKL " + mkl_rt.class.getPackage().getImplementationVersion();
    }

    @Override
    public Task prepare(Workload workload) {
        if (!(workload instanceof Product p)) throw new UnsupportedOperationException("multiplies matrices alone");
        Matrices m = Matrices.of(p);
        FloatPointer a = new FloatPointer(m.a()), b = new FloatPointer(m.b()), c = new FloatPointer(m.c());
        int left = transposition(p.aTransposed()), right = transposition(p.bTransposed());
        return m.task(() -> mkl_rt.cblas_sgemm(Matrices.ROW_MAJOR, left, right, p.rows(), p.columns(), p.depth(), 1,
                a, p.aRow(), b, p.bRow(), 0, c, p.columns()));
    }
}
