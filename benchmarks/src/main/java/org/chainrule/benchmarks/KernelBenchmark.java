package org.chainrule.benchmarks;

import java.util.concurrent.TimeUnit;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.benchmarks.contender.Synthetic;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a compiled step costs besides computing, and the smallest kernels that threads share. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
    private static final int CHAIN = 10, SHARED = 1 << 17;
    private static final Product SMALL = new Product(128, 128, 128, false, false);

    private Session session = Session.open();
    private Step one = session.step(() -> session.scalar(1).plus(1));
    private Step ten = one, shared = one, product = one;

    @Setup
    public void record() {
        Tensor start = session.scalar(1).eval();
        one = session.step(() -> start.plus(1));
        // each assigns, so that they do not become one kernel
        Tensor[] cells = new Tensor[CHAIN];
        for (int i = 0; i < CHAIN; i++) cells[i] = session.tensor(Shape.of(i + 1), new float[i + 1]);
        ten = session.step(() -> {
            for (Tensor c : cells) session.assign(c, c.plus(1));
            return start.plus(1);
        });
        Tensor x = session.tensor(Synthetic.elements(SHARED));
        shared = session.step(() -> x.exp());
        Tensor a = session.tensor(Shape.of(SMALL.rows(), SMALL.depth()), Synthetic.left(SMALL)),
                b = session.tensor(Shape.of(SMALL.depth(), SMALL.columns()), Synthetic.right(SMALL));
        product = session.step(() -> a.matmul(b));
    }

    @TearDown
    public void close() {
        session.close();
    }

    /** A step of one kernel over one element. */
    @Benchmark
    public Step launch() {
        return one.run();
    }

    /** A step of ten such kernels and one more. */
    @Benchmark
    public Step tenLaunches() {
        return ten.run();
    }

    /** A kernel that just pays to be shared between threads. */
    @Benchmark
    public Step handOff() {
        return shared.run();
    }

    /** 128 x 128 x 128. */
    @Benchmark
    public Step smallProduct() {
        return product.run();
    }
}
