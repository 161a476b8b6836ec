package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.chainrule.DType;
import org.chainrule.graph.Op;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/**
 * A device function in the making: parameters with what they are bound to, and lines. Extents and strides are parameters, so that one
 * function serves all shapes of a structure, and so are constants. Whether neighbours along an axis are neighbours in memory, or the same element, is part
 * of the text only where compilers make vectors of it.
 */
final class Text {
    private record Parameter(String declaration, Argument argument) {}

    private final Style style;
    /** Which strides are part of the text. */
    private final IntPredicate written;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private int depth = 1;

    Text(Hardware hardware) {
        this(hardware.style(), hardware.style()::writes);
    }

    private Text(Style style, IntPredicate written) {
        this.style = style;
        this.written = written;
    }

    /** One with every stride a parameter: for loops of which each turn waits for the one before, so that no compiler makes vectors of them. */
    static Text strided(Hardware hardware) {
        return new Text(hardware.style(), _ -> false);
    }

    /** A parameter for the memory of {@code o}, and its name. */
    String memory(Operand o, String name, boolean written) {
        return parameter("GLOBAL " + (written ? "" : "const ") + ScalarType.stored(o.dtype()) + " *" + name, name,
                new Argument.Slot(o.slot()));
    }

    /** A parameter of that declaration, and its name; one of that name that is there already is the same. */
    String parameter(String declaration, String name, Argument argument) {
        Parameter p = new Parameter(declaration, argument), old = parameters.putIfAbsent(name, p);
        if (old != null && !old.equals(p)) throw new IllegalStateException(name + " stands for " + old + " and " + p);
        return name;
    }

    /** A 32-bit number as a parameter. */
    String number(String name, int value) {
        return parameter("const i32 " + name, name, new Argument.I32(value));
    }

    /** A constant of a formula: a literal, or a parameter of that name; {@code matters}: compilers make something of its value. */
    String constant(String name, DType type, double value, boolean matters) {
        return style.writes(type, value, matters) ? ScalarType.literal(value, type)
                : parameter("const " + ScalarType.register(type) + " " + name, name,
                        new Argument.Constant(name, type, value));
    }

    /** Begins the body of one item for each of {@code size} elements, in groups of {@code items}: declares its number, {@code i}. */
    void items(int size, int items) {
        // unsigned: the last group may reach beyond 2^31
        line("if (GROUP(0) * " + items + "u + ITEM(0) >= (u32)" + number("size", size) + ") return;");
        line("const i32 i = (i32)(GROUP(0) * " + items + "u + ITEM(0));");
    }

    /** Folds what the {@code items} of a group left in {@code shared} into its first element, which all may read afterwards. */
    void foldShared(Op.Reduction kind, DType type, int items) {
        line("BARRIER;");
        line("for (u32 half_way = " + items / 2 + "; half_way > 0; half_way /= 2) {");
        line("if (ITEM(0) < half_way) shared[ITEM(0)] = "
                + ProgramText.fold(kind, "shared[ITEM(0)]", "shared[ITEM(0) + half_way]", type) + ";");
        line("BARRIER;");
        line("}");
    }

    void line(String line) {
        if (line.startsWith("}")) depth--;
        lines.add("    ".repeat(depth) + line);
        if (line.endsWith("{")) depth++;
    }

    Launch launch(Entry entry, Launch.Extent groups, Launch.Extent items) {
        String head = "KERNEL(" + items.x() + ", " + items.y() + ", " + items.z() + ")\nvoid " + entry.symbol() + "("
                + parameters.values().stream().map(Parameter::declaration).collect(Collectors.joining(",\n        "))
                + ") {\n";
        return new Launch(new Source(entry.symbol(), head + String.join("\n", lines) + "\n}\n"),
                parameters.values().stream().map(Parameter::argument).toList(), groups, items);
    }

    /** Operands that are walked together over a space. */
    final class Walk {
        private final Space space;
        private final String prefix;
        private final boolean isRow;
        private final List<String> extents = new ArrayList<>();

        /** @param prefix begins the names of its coordinates and parameters */
        Walk(Space space, String prefix) {
            this.space = style.space(space);
            this.prefix = prefix;
            this.isRow = space.isRow();
            List<Integer> all = this.space.extents();
            for (int a = 0; a < all.size(); a++) extents.add(a == 0 ? "" : number(prefix + "_extent" + a, all.get(a)));
        }

        /** The name of the coordinate along axis {@code a} of the space. */
        String coordinate(int a) {
            return prefix + a;
        }

        /** Declares the coordinates of index number {@code i}, a variable, in row-major order. */
        void coordinates(String i) {
            int last = space.extents().size() - 1;
            String rest = i;
            for (int a = last; a >= 0; a--) {
                if (a == 0) line("const i32 " + coordinate(0) + " = " + rest + ";");
                else {
                    line("const i32 " + coordinate(a) + " = " + rest + " % " + extents.get(a) + ";");
                    if (a > 1) {
                        line("const i32 " + prefix + "_rest" + a + " = " + rest + " / " + extents.get(a) + ";");
                        rest = prefix + "_rest" + a;
                    } else rest = rest + " / " + extents.get(a);
                }
            }
        }

        /** The summands of operand {@code o}'s place that its coordinates give; {@code name} begins the names of its strides. */
        List<String> terms(int o, String name) {
            List<String> terms = new ArrayList<>();
            for (int a = 0; a < space.extents().size(); a++) {
                int stride = space.strides().get(o).get(a);
                String parameter = name + "_" + prefix + "_stride" + a;
                if (isRow) terms.addAll(term(coordinate(a), parameter, stride));
                else terms.add(coordinate(a) + " * " + number(parameter, stride));
            }
            return terms;
        }
    }

    /** What {@code coordinate}, along an axis by itself, adds to a place; {@code name} is that of the stride where it is a parameter. */
    List<String> term(String coordinate, String name, int stride) {
        if (!written.test(stride)) return List.of(coordinate + " * " + number(name, stride));
        return stride == 0 ? List.of() : List.of(coordinate);
    }

    /** The term of an operand's offset. */
    List<String> offset(Operand o, String name) {
        return List.of(number(name + "_offset", o.layout().offset()));
    }

    /** The sum of terms. */
    @SafeVarargs
    static String place(List<String>... terms) {
        List<String> all = new ArrayList<>();
        for (List<String> some : terms) all.addAll(some);
        return all.isEmpty() ? "0" : String.join(" + ", all);
    }

    static List<Layout> layouts(List<Operand> operands) {
        return operands.stream().map(Operand::layout).toList();
    }
}
