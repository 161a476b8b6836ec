package org.chainrule.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.benchmarks.Contest.Score;

/**
 * Products of float matrices by our backends, OpenBLAS and CLBlast side by side, on all cores. A line for each shape: GFLOP/s by the median of the
 * rounds, the share of what the cores multiply and add at most, and how many times as fast each of the others the first is.
 *
 * <p>Arguments: names of our backends, to the first of which the ratios are, and shapes such as {@code 128x784x512}; those of
 * the table in {@code docs/opencl.md} on {@code opencl} otherwise. A library that is not installed does not take part.
 */
public final class MatMulBenchmark {
    private static final int ROUNDS = 7;

    private MatMulBenchmark() {}

    public static void main(String[] args) {
        int threads = Runtime.getRuntime().availableProcessors();
        List<String> backends = new ArrayList<>();
        List<Product> products = new ArrayList<>();
        for (String a : args) {
            String[] parts = a.split("x");
            if (parts.length == 3) products.addAll(Product.layouts(Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
            else backends.add(a);
        }
        if (backends.isEmpty()) backends.add("opencl");
        if (products.isEmpty()) {
            for (int n : List.of(512, 1024, 2048)) products.add(new Product(n, n, n, false, false));
            products.addAll(Product.layouts(128, 784, 512));
            products.addAll(Product.layouts(128, 512, 256));
            products.add(new Product(1024, 1024, 1024, true, false));
        }
        try (Sentinel sentinel = new Sentinel(threads)) {
            print("multiply-adds at most: %.0f GFLOP/s on %d threads".formatted(sentinel.greatest(), threads));
            for (Product p : products) print(line(p, sentinel, backends, threads));
        }
    }

    private static String line(Product p, Sentinel sentinel, List<String> backends, int threads) {
        List<Contestant> all = new ArrayList<>();
        try {
            for (String b : backends) all.add(new OurProduct(b, p));
            if (isInstalled(OpenBlas.library())) all.add(new OpenBlas(p, threads));
            if (isInstalled(ClBlast.LIBRARY)) all.add(new ClBlast(p));
            List<Score> scores = new Contest(sentinel).hold(all, ROUNDS);
            StringBuilder s = new StringBuilder("%-20s".formatted(p));
            for (Score score : scores) {
                double rate = p.flops() / score.median() * 1e-9;
                s.append("  %s %.0f (%.0f %%)".formatted(score.name(), rate, 100 * rate / sentinel.greatest()));
            }
            Score ours = scores.getFirst();
            s.append("  ratios");
            for (Score score : scores.subList(1, scores.size()))
                s.append(" %.2f".formatted(ours.timesFasterThan(score)));
            return s.toString();
        } finally {
            all.forEach(Contestant::close);
        }
    }

    /** A library that was named takes part, or the benchmark fails. */
    private static boolean isInstalled(String library) {
        if (library.equals(System.getProperty(OpenBlas.PROPERTY))) return true;
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(library, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void print(String line) {
        System.getLogger(MatMulBenchmark.class.getName()).log(System.Logger.Level.INFO, line);
    }
}
