package org.chainrule.cpu;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Program.Instruction;

/**
 * Instructions upon floats that one loop can hold, numbered for themselves: values 0 … {@code uniform.size()} are its inputs, each instruction makes
 * the next value. Equal codes are one loop, whatever programs they come from.
 *
 * @param uniform which inputs are one element, the same for all
 * @param results the values that are stored
 */
record LoopCode(List<Boolean> uniform, List<Instruction> code, List<Integer> results) {
    LoopCode {
        uniform = List.copyOf(uniform);
        code = List.copyOf(code);
        results = List.copyOf(results);
    }

    /** Whether a loop can hold the instruction, its operands and its result being floats: what a vector does in an instruction or two. */
    static boolean holds(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Const _, Instruction.Index _ -> false;
            case Instruction.Unary(Fn fn, int _, DType _) -> switch (fn) {
                case NEG, ABS, SQRT, RELU -> true;
                case SIGN, FLOOR, ROUND, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS ->
                        false;
            };
            case Instruction.Binary(var fn, int _, int _, DType _) -> switch (fn) {
                case ADD, SUB, MUL, DIV, MAX, MIN, LT, LE, EQ -> true;
                case POW, ATAN2, AND, OR -> false;
            };
            case Instruction.Where _, Instruction.Cast _ -> true;
        };
    }

    /** Additions of vectors that take about as long as an element's instructions. */
    int weight() {
        int sum = 0;
        for (Instruction i : code) {
            boolean slow = i instanceof Instruction.Unary(var fn, int _, DType _) && fn == Fn.SQRT
                    || i instanceof Instruction.Binary(var f, int _, int _, DType _) && f == Fn2.DIV;
            sum += slow ? 8 : 1;
        }
        return sum;
    }

    /** Arrays that the loop takes: the inputs and the results. */
    int arrays() {
        return uniform.size() + results.size();
    }

    /** The inputs that are read element by element. */
    List<Integer> streams() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < uniform.size(); i++) if (!uniform.get(i)) all.add(i);
        return all;
    }
}
