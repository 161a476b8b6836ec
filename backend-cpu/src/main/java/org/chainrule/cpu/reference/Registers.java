package org.chainrule.cpu.reference;

import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.graph.Op;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/** A program's registers for one element: integers in longs, which wrap as the dtype does, all else in doubles. */
final class Registers {
    private final Program program;
    private final double[] numbers;
    private final long[] integers;

    Registers(Program program) {
        this.program = program;
        int n = program.args().size() + program.code().size();
        this.numbers = new double[n];
        this.integers = new long[n];
    }

    private boolean isInteger(int r) {
        return program.type(r).isInteger();
    }

    double number(int r) {
        return isInteger(r) ? integers[r] : numbers[r];
    }

    /** The value of a register of any dtype as a whole number. */
    long integer(int r) {
        return isInteger(r) ? integers[r] : (long) numbers[r];
    }

    void set(int r, double v) {
        if (isInteger(r)) set(r, (long) v);
        else numbers[r] = v;
    }

    void set(int r, long v) {
        integers[r] = program.type(r) == DType.I32 ? (int) v : v;
    }

    /** Computes every register from the arguments, for the element at {@code index}. */
    void run(int[] index) {
        for (int i = 0; i < program.code().size(); i++) {
            int to = program.args().size() + i;
            switch (program.code().get(i)) {
                case Instruction.Const(double value, DType type) ->
                        set(to, type == DType.F32 ? value : type.round(value));
                case Instruction.Index(int axis) -> set(to, (long) index[axis]);
                case Instruction.Unary(Fn fn, int x, DType type) -> {
                    if (type.isInteger()) set(to, fn.applyToInteger(integers[x]));
                    else numbers[to] = fn.apply(numbers[x]);
                }
                case Instruction.Binary(Fn2 fn, int a, int b, DType operands) -> {
                    if (!operands.isInteger()) numbers[to] = fn.apply(numbers[a], numbers[b]);
                    else if (fn.isPredicate()) numbers[to] = fn.applyToIntegers(integers[a], integers[b]);
                    else set(to, fn.applyToIntegers(integers[a], integers[b]));
                }
                case Instruction.Where(int c, int t, int o, DType _) -> {
                    int from = numbers[c] != 0 ? t : o;
                    numbers[to] = numbers[from];
                    integers[to] = integers[from];
                }
                case Instruction.Cast(int x, DType from, DType type) -> {
                    if (type.isInteger()) set(to, integer(x));
                    else if (type == DType.BOOL)
                        numbers[to] = (from.isInteger() ? integers[x] == 0 : numbers[x] == 0) ? 0 : 1;
                    else numbers[to] = type == DType.F32 ? number(x) : type.round(number(x));
                }
            }
        }
    }

    /** Puts into register 0 what folding starts from. */
    void begin(Op.Reduction kind) {
        switch (kind) {
            case SUM -> set(0, 0.0);
            case PROD -> set(0, 1.0);
            case MAX -> {
                numbers[0] = Double.NEGATIVE_INFINITY;
                integers[0] = Long.MIN_VALUE;
            }
            case MIN -> {
                numbers[0] = Double.POSITIVE_INFINITY;
                integers[0] = Long.MAX_VALUE;
            }
        }
    }

    /** Combines register 0 with register {@code x} of {@code r}. */
    void fold(Op.Reduction kind, Registers r, int x) {
        Fn2 fn = switch (kind) {
            case SUM -> Fn2.ADD;
            case PROD -> Fn2.MUL;
            case MAX -> Fn2.MAX;
            case MIN -> Fn2.MIN;
        };
        if (isInteger(0)) set(0, fn.applyToIntegers(integers[0], r.integer(x)));
        else numbers[0] = fn.apply(numbers[0], r.number(x));
    }
}
