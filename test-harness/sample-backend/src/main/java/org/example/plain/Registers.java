package org.example.plain;

import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/**
 * A program's registers for one element. Integers lie in longs and wrap as their dtype does; all else lies in doubles and
 * is rounded to its dtype after each instruction. For +, -, ×, ÷ and √ that is float32 arithmetic to the bit: a double has more
 * than twice the digits that a float has, and two more.
 */
final class Registers {
    private final Program program;
    private final double[] numbers;
    private final long[] integers;

    Registers(Program program) {
        int n = program.args().size() + program.code().size();
        this.program = program;
        this.numbers = new double[n];
        this.integers = new long[n];
    }

    Program program() {
        return program;
    }

    double number(int r) {
        return program.type(r).isInteger() ? integers[r] : numbers[r];
    }

    long integer(int r) {
        return program.type(r).isInteger() ? integers[r] : (long) numbers[r];
    }

    void set(int r, double v) {
        DType type = program.type(r);
        if (type.isInteger()) set(r, (long) v);
        else numbers[r] = type.round(v);
    }

    void set(int r, long v) {
        integers[r] = program.type(r) == DType.I32 ? (int) v : v;
    }

    /** Computes every register after the arguments, for the element at {@code index}. */
    void run(int[] index) {
        for (int i = 0; i < program.code().size(); i++)
            run(program.code().get(i), program.args().size() + i, index);
    }

    private void run(Instruction instruction, int to, int[] index) {
        switch (instruction) {
            case Instruction.Const(double value, DType _) -> set(to, value);
            case Instruction.Index(int axis) -> set(to, (long) index[axis]);
            case Instruction.Unary(Fn fn, int x, DType type) -> {
                if (type.isInteger()) set(to, fn.applyToInteger(integers[x]));
                else set(to, fn.apply(numbers[x]));
            }
            case Instruction.Binary(Fn2 fn, int a, int b, DType operands) -> {
                if (!operands.isInteger()) set(to, fn.apply(numbers[a], numbers[b]));
                else if (fn.isPredicate()) numbers[to] = fn.applyToIntegers(integers[a], integers[b]);
                else set(to, fn.applyToIntegers(integers[a], integers[b]));
            }
            case Instruction.Where(int condition, int then, int otherwise, DType _) -> {
                int from = numbers[condition] != 0 ? then : otherwise;
                numbers[to] = numbers[from];
                integers[to] = integers[from];
            }
            case Instruction.Cast(int x, DType from, DType type) -> {
                if (type.isInteger()) set(to, integer(x));
                else if (type == DType.F32 && from.isInteger()) numbers[to] = (float) integers[x];
                else set(to, number(x));
            }
        }
    }
}
