package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;

/** Einstein summation: each operand is laid along all labels; their product is summed over those that the result lacks. */
final class Einsum {
    private static final String ELLIPSIS = "...";
    /** The axes that an ellipsis stands for, the last first, are labelled from here on. */
    private static final char UNNAMED = 0xE000;

    private Einsum() {}

    static Tensor of(Call c) {
        String equation = c.attributes().text("equation", "").replace(" ", "");
        String[] sides = equation.split("->", -1), terms = sides[0].split(",", -1);
        if (terms.length != c.inputs().size() || sides.length > 2) throw c.unsupported("equation '" + equation + "'");
        String most = "";
        for (int i = 0; i < terms.length; i++) {
            String unnamed = unnamed(terms[i], c.in(i).shape().rank());
            if (unnamed.length() > most.length()) most = unnamed;
            terms[i] = terms[i].replace(ELLIPSIS, unnamed);
        }
        String result = sides.length > 1 ? sides[1].replace(ELLIPSIS, most) : most + once(String.join("", terms));
        Set<Character> labels = new LinkedHashSet<>();
        for (char l : (result + String.join("", terms)).toCharArray()) labels.add(l);
        List<Character> order = List.copyOf(labels);
        Optional<Tensor> product = Optional.empty();
        for (int i = 0; i < terms.length; i++) {
            Tensor laid = laid(c.in(i), terms[i], order);
            product = Optional.of(product.map(t -> t.times(laid)).orElse(laid));
        }
        int[] gone = IntStream.range(result.length(), order.size()).toArray();
        Tensor all = product.orElseThrow();
        return (gone.length == 0 ? all : all.sum(gone)).map(Ops.IDENTITY);
    }

    private static String unnamed(String term, int rank) {
        if (!term.contains(ELLIPSIS)) return "";
        StringBuilder r = new StringBuilder();
        for (int i = rank - (term.length() - ELLIPSIS.length()); i > 0; i--) r.append((char) (UNNAMED + i));
        return r.toString();
    }

    /** The named labels that occur once, in alphabetical order: what a result that is not told holds. */
    private static String once(String terms) {
        StringBuilder r = new StringBuilder();
        terms.chars().filter(l -> l < UNNAMED && terms.indexOf(l) == terms.lastIndexOf(l)).sorted()
                .forEach(l -> r.append((char) l));
        return r.toString();
    }

    /** {@code x} with an axis for each label, of extent 1 where the term lacks it. */
    private static Tensor laid(Tensor x, String term, List<Character> order) {
        Tensor t = x;
        String labels = term;
        for (int q = 1; q < labels.length(); q++) {
            int p = labels.indexOf(labels.charAt(q));
            if (p == q) continue;
            t = diagonal(t, p, q);
            String rest = new StringBuilder(labels).deleteCharAt(q).deleteCharAt(p).toString();
            labels = rest + labels.charAt(q);
            q = 0;
        }
        String all = labels;
        Shape s = t.shape();
        int[] axes = order.stream().mapToInt(all::indexOf).filter(a -> a >= 0).toArray();
        int[] dims = order.stream().mapToInt(all::indexOf).map(a -> a < 0 ? 1 : s.dim(a)).toArray();
        return t.permute(axes).reshape(Shape.of(dims));
    }

    /** The elements whose places along two axes are equal, along one axis at the end. */
    private static Tensor diagonal(Tensor x, int p, int q) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.shape().rank()).filter(a -> a != p && a != q).boxed()
                .toList());
        order.add(p);
        order.add(q);
        int n = x.shape().dim(p);
        return x.permute(order.stream().mapToInt(i -> i).toArray()).flatten(-2, -1).slice(-1, 0, n * n, n + 1);
    }
}
