package org.chainrule.kernels;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/**
 * A program as C: one constant for each register. Constants of its formulas are parameters of those names, so that learning rates, sizes that are divided by
 * and bounds make no kernels of their own; what a compiler makes something of stays in the text: 0, 1 and -1, truth values, exponents, and divisors of whole
 * numbers. It computes what {@link Fn#apply} and {@link Fn2#apply} say; whole numbers as
 * {@link Fn#applyToInteger} and {@link Fn2#applyToIntegers} do.
 */
final class ProgramText {
    private final Text text;
    private final Program program;
    private final String prefix;
    private final IntFunction<String> coordinate;

    /**
     * @param text       that it becomes part of
     * @param prefix     begins the names of registers
     * @param coordinate the expression of the coordinate along an axis
     */
    ProgramText(Text text, Program program, String prefix, IntFunction<String> coordinate) {
        this.text = text;
        this.program = program;
        this.prefix = prefix;
        this.coordinate = coordinate;
    }

    /** The name of register {@code r}. */
    String register(int r) {
        return prefix + r;
    }

    /** The register of result {@code i}. */
    String result(int i) {
        return register(program.results().get(i));
    }

    /** The dtype that {@link #result} holds. */
    DType resultType(int i) {
        return program.type(program.results().get(i));
    }

    /** Whether it asks where an element lies. */
    static boolean hasCoordinates(Program p) {
        return p.code().stream().anyMatch(i -> i instanceof Instruction.Index);
    }

    /** The declaration of argument {@code i}. */
    String argument(int i, String value) {
        return declaration(i, value);
    }

    /** Declares every register after the arguments, which are declared. */
    void declare() {
        Set<Integer> literals = new HashSet<>();
        for (Instruction i : program.code())
            if (i instanceof Instruction.Binary(Fn2 fn, int _, int b, DType type)
                    && (fn == Fn2.POW || fn == Fn2.DIV && !type.isFloat()))
                literals.add(b);
        for (int i = 0; i < program.code().size(); i++) {
            int r = program.args().size() + i;
            String value = program.code().get(i) instanceof Instruction.Const(double v, DType type)
                    ? text.constant(register(r), type, v, literals.contains(r))
                    : value(program.code().get(i));
            // a parameter needs no other declaration
            if (!value.equals(register(r))) text.line(declaration(r, value));
        }
    }

    private String declaration(int r, String value) {
        return "const " + ScalarType.register(program.type(r)) + " " + register(r) + " = " + value + ";";
    }

    private String value(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Const _ -> throw new IllegalStateException("a constant is declared by itself");
            case Instruction.Index(int axis) -> coordinate.apply(axis);
            case Instruction.Unary(Fn fn, int x, DType type) -> unary(fn, register(x), type);
            case Instruction.Binary(Fn2 fn, int a, int b, DType operands) ->
                    binary(fn, register(a), register(b), operands);
            case Instruction.Where(int c, int then, int otherwise, DType _) ->
                    register(c) + " ? " + register(then) + " : " + register(otherwise);
            case Instruction.Cast(int x, DType from, DType type) -> cast(register(x), from, type);
        };
    }

    /** {@code x} of one register type as another; as {@link DType#round} does it. */
    static String cast(String x, DType from, DType to) {
        return switch (to) {
            case BOOL -> from == DType.BOOL ? x : x + " != 0";
            case F32, F16, BF16, F64 -> "(" + ScalarType.register(to) + ")" + x;
            case I32, I64 -> from.isFloat() ? "(" + ScalarType.register(to) + ")" + truncated(x, from)
                    : "(" + ScalarType.register(to) + ")" + x;
        };
    }

    private static String truncated(String x, DType from) {
        return (from == DType.F64 ? "truncate_f64(" : "truncate_f32(") + x + ")";
    }

    private static String unary(Fn fn, String x, DType type) {
        return switch (type) {
            case F32, F16, BF16 -> real(fn, x, "f32", true);
            case F64 -> real(fn, x, "f64", false);
            case I32, I64 -> integer(fn, x, ScalarType.register(type));
            case BOOL -> "(" + integer(fn, x, "i32") + ") != 0";
        };
    }

    private static String real(Fn fn, String x, String type, boolean own) {
        return switch (fn) {
            case NEG -> "-" + x;
            case ABS -> "fabs(" + x + ")";
            case SIGN -> "(" + type + ")((" + x + " > 0) - (" + x + " < 0))";
            case FLOOR -> "floor(" + x + ")";
            case ROUND -> "rint(" + x + ")";
            case SQRT -> "sqrt(" + x + ")";
            case RELU -> x + " <= 0 ? 0 : " + x;
            case EXP -> (own ? "exp_f32(" : "exp(") + x + ")";
            case EXPM1 -> (own ? "expm1_f32(" : "expm1(") + x + ")";
            case LOG -> (own ? "log_f32(" : "log(") + x + ")";
            case LOG1P -> (own ? "log1p_f32(" : "log1p(") + x + ")";
            case SIN -> (own ? "sin_f32(" : "sin(") + x + ")";
            case COS -> (own ? "cos_f32(" : "cos(") + x + ")";
            case TANH -> (own ? "tanh_f32(" : "tanh(") + x + ")";
            case ERF -> (own ? "erf_f32(" : "erf(") + x + ")";
            case NORMAL_CDF -> "normal_cdf_" + type + "(" + x + ")";
            case SIGMOID -> "sigmoid_" + type + "(" + x + ")";
            case SOFTPLUS -> "softplus_" + type + "(" + x + ")";
        };
    }

    private static String integer(Fn fn, String x, String type) {
        String negative = "(" + type + ")(0 - (" + unsigned(type) + ")" + x + ")";
        return switch (fn) {
            case NEG -> negative;
            case ABS -> x + " < 0 ? " + negative + " : " + x;
            case SIGN -> "(" + x + " > 0) - (" + x + " < 0)";
            case FLOOR, ROUND -> x;
            case RELU -> x + " > 0 ? " + x + " : 0";
            case SQRT, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS ->
                    "(" + type + ")truncate_f64(" + real(fn, "((f64)" + x + ")", "f64", false) + ")";
        };
    }

    private static String unsigned(String type) {
        return type.equals("i64") ? "u64" : "u32";
    }

    private static String binary(Fn2 fn, String a, String b, DType type) {
        return switch (fn) {
            case LT -> a + " < " + b;
            case LE -> a + " <= " + b;
            case EQ -> a + " == " + b;
            case AND -> a + " != 0 && " + b + " != 0";
            case OR -> a + " != 0 || " + b + " != 0";
            case ADD, SUB, MUL, DIV, MAX, MIN, POW, ATAN2 -> switch (type) {
                case F32, F16, BF16 -> real(fn, a, b, "f32");
                case F64 -> real(fn, a, b, "f64");
                case I32, I64 -> integer(fn, a, b, ScalarType.register(type));
                case BOOL -> "(" + integer(fn, a, b, "i32") + ") != 0";
            };
        };
    }

    private static String real(Fn2 fn, String a, String b, String type) {
        return switch (fn) {
            case ADD -> a + " + " + b;
            case SUB -> a + " - " + b;
            case MUL -> a + " * " + b;
            case DIV -> a + " / " + b;
            case MAX -> "max_" + type + "(" + a + ", " + b + ")";
            case MIN -> "min_" + type + "(" + a + ", " + b + ")";
            case POW -> "pow_" + type + "(" + a + ", " + b + ")";
            case ATAN2 -> "atan2_" + type + "(" + a + ", " + b + ")";
            case LT, LE, EQ, AND, OR -> throw new IllegalStateException(fn + " gives no number");
        };
    }

    private static String integer(Fn2 fn, String a, String b, String type) {
        String wide = "((" + unsigned(type) + ")" + a;
        return switch (fn) {
            case ADD -> "(" + type + ")" + wide + " + (" + unsigned(type) + ")" + b + ")";
            case SUB -> "(" + type + ")" + wide + " - (" + unsigned(type) + ")" + b + ")";
            case MUL -> "(" + type + ")" + wide + " * (" + unsigned(type) + ")" + b + ")";
            case DIV -> "(" + type + ")divide_i64(" + a + ", " + b + ")";
            case MAX -> a + " > " + b + " ? " + a + " : " + b;
            case MIN -> a + " < " + b + " ? " + a + " : " + b;
            case POW, ATAN2 ->
                    "(" + type + ")truncate_f64(" + real(fn, "(f64)" + a, "(f64)" + b, "f64") + ")";
            case LT, LE, EQ, AND, OR -> throw new IllegalStateException(fn + " gives no number");
        };
    }

    /** The expression that folds {@code a} and {@code b} of a register type. */
    static String fold(org.chainrule.graph.Op.Reduction kind, String a, String b, DType type) {
        return switch (kind) {
            case SUM -> binary(Fn2.ADD, a, b, type);
            case PROD -> binary(Fn2.MUL, a, b, type);
            case MAX -> binary(Fn2.MAX, a, b, type);
            case MIN -> binary(Fn2.MIN, a, b, type);
        };
    }

    /** The literal for the fold of nothing. */
    static String foldOfNothing(org.chainrule.graph.Op.Reduction kind, DType type) {
        boolean real = type.isFloat();
        return switch (kind) {
            case SUM -> ScalarType.literal(0, type);
            case PROD -> ScalarType.literal(1, type);
            case MAX -> real ? "(-INFINITY)" : type == DType.BOOL ? "0"
                    : type == DType.I32 ? "(i32)(-2147483647L - 1L)" : "(-9223372036854775807L - 1L)";
            case MIN -> real ? "INFINITY" : type == DType.BOOL ? "1"
                    : type == DType.I32 ? "(i32)2147483647L" : "9223372036854775807L";
        };
    }
}
