package org.chainrule.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.expr.Expr;

/**
 * The scalar work of a kernel in static single assignment form. Register {@code i} is argument {@code i} for
 * {@code i < args.size()} and the result of {@code code.get(i - args.size())} after that. Arguments of half width are
 * widened to f32 when they are loaded; i32 arithmetic wraps at 32 bits.
 *
 * @param args    dtype of each argument as stored
 * @param results the registers that are the program's results
 */
public record Program(List<DType> args, List<Instruction> code, List<Integer> results) {
    /** One step; operands are registers. */
    public sealed interface Instruction {
        /** The dtype of the result. */
        DType type();

        /** The registers of its operands, in order. */
        default List<Integer> reads() {
            return switch (this) {
                case Const _, Index _ -> List.of();
                case Unary(var _, int x, DType _) -> List.of(x);
                case Binary(var _, int a, int b, DType _) -> List.of(a, b);
                case Where(int condition, int then, int otherwise, DType _) -> List.of(condition, then, otherwise);
                case Cast(int x, DType _, DType _) -> List.of(x);
            };
        }

        /** The same upon {@code registers}, as many as {@link #reads} names. */
        default Instruction reading(int... registers) {
            return switch (this) {
                case Const _, Index _ -> this;
                case Unary(var fn, int _, DType type) -> new Unary(fn, registers[0], type);
                case Binary(var fn, int _, int _, DType operands) ->
                        new Binary(fn, registers[0], registers[1], operands);
                case Where(int _, int _, int _, DType type) ->
                        new Where(registers[0], registers[1], registers[2], type);
                case Cast(int _, DType from, DType type) -> new Cast(registers[0], from, type);
            };
        }

        record Const(double value, DType type) implements Instruction {}

        /** The coordinate (i64) along {@code axis} of the kernel's shape. */
        record Index(int axis) implements Instruction {
            @Override
            public DType type() {
                return DType.I64;
            }
        }

        record Unary(Expr.Fn fn, int x, DType type) implements Instruction {}

        /** {@code operands} is the dtype of {@code a} and {@code b}; the result of a predicate is bool. */
        record Binary(Expr.Fn2 fn, int a, int b, DType operands) implements Instruction {
            @Override
            public DType type() {
                return fn.isPredicate() ? DType.BOOL : operands;
            }
        }

        record Where(int condition, int then, int otherwise, DType type) implements Instruction {}

        record Cast(int x, DType from, DType type) implements Instruction {}
    }

    /** The program that gives its only argument back. */
    public static Program identity(DType type) {
        return new Program(List.of(type), List.of(), List.of(0));
    }

    /** The dtype that register {@code r} holds: one that arithmetic is done in. */
    public DType type(int r) {
        return r < args.size() ? args.get(r).arithmetic() : code.get(r - args.size()).type();
    }

    /** Whether results are arguments as they came. */
    public boolean isCopy() {
        return code.isEmpty();
    }

    /** Builds a program; equal instructions become one. */
    static final class Builder {
        private final List<DType> args;
        private final List<Instruction> code = new ArrayList<>();
        private final Map<Instruction, Integer> numbers = new HashMap<>();

        Builder(List<DType> args) {
            this.args = List.copyOf(args);
        }

        Program build(List<Integer> results) {
            return new Program(args, List.copyOf(code), List.copyOf(results));
        }

        int add(Instruction i) {
            return numbers.computeIfAbsent(i, k -> {
                code.add(k);
                return args.size() + code.size() - 1;
            });
        }

        private DType type(int r) {
            return r < args.size() ? args.get(r).arithmetic() : code.get(r - args.size()).type();
        }

        int constant(double value, DType type) {
            return add(new Instruction.Const(value, type));
        }

        int cast(int x, DType to) {
            DType from = type(x), type = to.arithmetic();
            return from == type ? x : add(new Instruction.Cast(x, from, type));
        }

        /** The register of {@code e} with argument {@code i} in register {@code regs[i]}; bare literals take {@code type}. */
        int lower(Expr e, int[] regs, DType type) {
            return lower(e, regs, type, new IdentityHashMap<>(), new IdentityHashMap<>());
        }

        private int lower(Expr e, int[] regs, DType literal, Map<Expr, Integer> done, Map<Expr, Kind> kinds) {
            Integer seen = done.get(e);
            if (seen != null) return seen;
            Kind kind = kind(e, regs, kinds);
            int r;
            if (kind.literal) {
                r = constant(e.eval(new double[0]), kind.type == DType.BOOL ? DType.BOOL : literal);
                if (kind.type != DType.BOOL) return r;
            } else {
                r = switch (e) {
                    case Expr.Arg(int i) -> regs[i];
                    case Expr.Const _ -> throw new IllegalStateException("a literal is not lowered here");
                    case Expr.Index(int axis) -> add(new Instruction.Index(axis));
                    case Expr.Unary(Expr.Fn fn, Expr x) -> {
                        DType t = typeOf(x, regs, literal, kinds);
                        yield add(new Instruction.Unary(fn, lower(x, regs, t, done, kinds), t));
                    }
                    case Expr.Binary(Expr.Fn2 fn, Expr a, Expr b) -> {
                        Kind ka = kind(a, regs, kinds), kb = kind(b, regs, kinds);
                        DType t = !ka.free ? ka.type : !kb.free ? kb.type : fn.isPredicate() ? DType.F32 : literal;
                        if (fn == Expr.Fn2.MUL && isOne(a)) yield lower(b, regs, t, done, kinds);
                        if (fn == Expr.Fn2.MUL && isOne(b)) yield lower(a, regs, t, done, kinds);
                        int ra = lower(a, regs, t, done, kinds), rb = lower(b, regs, t, done, kinds);
                        yield add(new Instruction.Binary(fn, ra, rb, t));
                    }
                    case Expr.Where(Expr c, Expr t, Expr o) -> {
                        Kind kt = kind(t, regs, kinds), ko = kind(o, regs, kinds);
                        DType type = !kt.free ? kt.type : !ko.free ? ko.type : literal;
                        int rc = lower(c, regs, DType.BOOL, done, kinds);
                        if (type(rc) != DType.BOOL) rc = add(new Instruction.Cast(rc, type(rc), DType.BOOL));
                        yield add(new Instruction.Where(rc, lower(t, regs, type, done, kinds),
                                lower(o, regs, type, done, kinds), type));
                    }
                };
            }
            done.put(e, r);
            return r;
        }

        private static boolean isOne(Expr e) {
            return e instanceof Expr.Const(double v) && v == 1;
        }

        private DType typeOf(Expr e, int[] regs, DType literal, Map<Expr, Kind> kinds) {
            Kind k = kind(e, regs, kinds);
            return k.free ? literal : k.type;
        }

        /** {@code literal}: made of literals alone; {@code free}: its numbers are literals, so that its dtype is the context's. */
        private record Kind(boolean literal, boolean free, DType type) {}

        private Kind kind(Expr e, int[] regs, Map<Expr, Kind> kinds) {
            Kind seen = kinds.get(e);
            if (seen != null) return seen;
            Kind k = switch (e) {
                case Expr.Arg(int i) -> new Kind(false, false, type(regs[i]));
                case Expr.Const _ -> new Kind(true, true, DType.F32);
                case Expr.Index _ -> new Kind(false, false, DType.I64);
                case Expr.Unary(Expr.Fn _, Expr x) -> kind(x, regs, kinds);
                case Expr.Binary(Expr.Fn2 fn, Expr a, Expr b) -> {
                    Kind ka = kind(a, regs, kinds), kb = kind(b, regs, kinds);
                    boolean literal = ka.literal && kb.literal, predicate = fn.isPredicate();
                    DType t = !ka.free ? ka.type : kb.type;
                    yield new Kind(literal, ka.free && kb.free && !predicate, predicate ? DType.BOOL : t);
                }
                case Expr.Where(Expr c, Expr t, Expr o) -> {
                    Kind kc = kind(c, regs, kinds), kt = kind(t, regs, kinds), ko = kind(o, regs, kinds);
                    boolean literal = kc.literal && kt.literal && ko.literal;
                    yield new Kind(literal, kt.free && ko.free, !kt.free ? kt.type : ko.type);
                }
            };
            kinds.put(e, k);
            return k;
        }
    }
}
