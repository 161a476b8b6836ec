package org.chainrule;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java array of arrays as one array.
 *
 * @param flat its elements, row-major: an array of their type
 */
record NestedArray(Shape shape, Object flat) {
    /** @throws ShapeMismatchException where it is ragged */
    static NestedArray of(Object array) {
        if (!array.getClass().isArray())
            throw new InvalidArgumentException("nested: " + array.getClass().getName() + " is not an array");
        List<Integer> dims = new ArrayList<>();
        Object first = array;
        Class<?> type = array.getClass();
        for (boolean any = true; type.isArray(); type = type.getComponentType()) {
            int n = any ? Array.getLength(first) : 0;
            dims.add(n);
            any = n > 0;
            if (any && type.getComponentType().isArray()) first = part(first, 0, dims.size());
        }
        Shape shape = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        Object flat = Array.newInstance(type, Math.toIntExact(shape.size()));
        flatten(array, shape, 0, flat, 0);
        return new NestedArray(shape, flat);
    }

    private static Object part(Object of, int i, int depth) {
        Object part = Array.get(of, i);
        if (part == null) throw new InvalidArgumentException("nested: part " + i + " along axis " + (depth - 1)
                + " is null; each part is an array, of length 0 where it has no elements");
        return part;
    }

    private static int flatten(Object from, Shape shape, int axis, Object to, int at) {
        int n = Array.getLength(from);
        if (n != shape.dim(axis)) throw new ShapeMismatchException("nested: ragged array: a part along axis " + axis
                + " has " + n + " elements where the first has " + shape.dim(axis));
        if (axis == shape.rank() - 1) {
            System.arraycopy(from, 0, to, at, n);
            return at + n;
        }
        int next = at;
        for (int i = 0; i < n; i++) next = flatten(part(from, i, axis + 1), shape, axis + 1, to, next);
        return next;
    }
}
