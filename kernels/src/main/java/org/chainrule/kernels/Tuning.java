package org.chainrule.kernels;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The forms of products that were found fastest on a device, by size. */
public record Tuning(Map<ProductSize, ProductForm> found) {
    /** Octaves up to which a size is enough like one that was measured. */
    private static final double ALIKE = 1.5;
    private static final String BETWEEN = " = ";

    public Tuning {
        // in an order that does not change from process to process
        SortedMap<ProductSize, ProductForm> sorted = new TreeMap<>(Comparator.comparing(ProductSize::toString));
        sorted.putAll(found);
        found = Collections.unmodifiableSortedMap(sorted);
    }

    /** Of a device that was never measured. */
    public static Tuning none() {
        return new Tuning(Map.of());
    }

    /** The form that was fastest at the measured size that is nearest to {@code size}; empty where none is near. */
    Optional<ProductForm> form(ProductSize size) {
        double least = ALIKE;
        Optional<ProductForm> nearest = Optional.empty();
        for (Map.Entry<ProductSize, ProductForm> e : found.entrySet()) {
            double d = size.distance(e.getKey());
            if (d > least || d == least && nearest.isPresent()) continue;
            least = d;
            nearest = Optional.of(e.getValue());
        }
        return nearest;
    }

    /** With what {@code more} found, which replaces what was found at the same sizes. */
    public Tuning with(Map<ProductSize, ProductForm> more) {
        Map<ProductSize, ProductForm> all = new HashMap<>(found);
        all.putAll(more);
        return new Tuning(all);
    }

    /** A line for each size, in an order of their own. */
    String text() {
        StringBuilder s = new StringBuilder();
        found.forEach((size, form) -> s.append(size).append(BETWEEN).append(form).append('\n'));
        return s.toString();
    }

    /** What {@link #text} wrote, of forms that {@code hardware} may take; empty where {@code text} is something else. */
    static Optional<Tuning> parse(String text, Hardware hardware) {
        Map<ProductSize, ProductForm> found = new HashMap<>();
        for (String line : text.lines().toList()) {
            int at = line.indexOf(BETWEEN);
            Optional<ProductSize> size = at < 0 ? Optional.empty() : ProductSize.parse(line.substring(0, at));
            Optional<ProductForm> form = size.flatMap(s -> ProductForm.candidates(hardware, s.dtype()).stream()
                    .filter(f -> f.toString().equals(line.substring(at + BETWEEN.length()))).findFirst());
            if (form.isEmpty()) return Optional.empty();
            found.put(size.orElseThrow(), form.get());
        }
        return Optional.of(new Tuning(found));
    }
}
