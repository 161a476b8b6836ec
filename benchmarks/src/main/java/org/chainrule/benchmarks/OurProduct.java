package org.chainrule.benchmarks;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;

/** A compiled step of one product, on a backend of ours. */
final class OurProduct implements Contestant {
    private final String backend;
    private final Session session;
    private final Step step;

    OurProduct(String backend, Product p) {
        this.backend = backend;
        session = Session.open(backend);
        Tensor a = matrix(p.rows(), p.depth(), p.aTransposed()), b = matrix(p.depth(), p.columns(), p.bTransposed());
        Tensor one = session.scalar(1).eval();
        // the number is read to wait for the product
        step = session.stepOf(() -> List.of(one.plus(1), a.matmul(b)));
    }

    private Tensor matrix(int rows, int columns, boolean transposed) {
        if (transposed) return matrix(columns, rows, false).t();
        return session.uniform(Rng.of(rows), DType.F32, Shape.of(rows, columns)).eval();
    }

    @Override
    public String name() {
        return "chainrule " + backend;
    }

    @Override
    public void run(int runs) {
        for (int i = 0; i < runs; i++) step.run();
        step.item();
    }

    @Override
    public void close() {
        session.close();
    }
}
