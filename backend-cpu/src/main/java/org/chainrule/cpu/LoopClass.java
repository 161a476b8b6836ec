package org.chainrule.cpu;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Program.Instruction;

/**
 * Writes the class of a {@link FusedLoop}: the loop that one would write by hand with the Vector API, operation by operation what
 * {@link PanamaLanes} does in a pass of its own. It needs the module {@code jdk.incubator.vector} when it is defined.
 */
final class LoopClass {
    private static final String PACKAGE = "jdk.incubator.vector.";
    private static final ClassDesc VECTOR = ClassDesc.of(PACKAGE + "FloatVector");
    private static final ClassDesc ANY_VECTOR = ClassDesc.of(PACKAGE + "Vector");
    private static final ClassDesc SPECIES = ClassDesc.of(PACKAGE + "VectorSpecies");
    private static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
    private static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE + "VectorOperators");
    private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
    private static final ClassDesc FLOATS = ConstantDescs.CD_float.arrayType();
    private static final MethodTypeDesc RUN = MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS.arrayType(),
            ConstantDescs.CD_int.arrayType(), ConstantDescs.CD_int);
    private static final MethodTypeDesc UNARY = MethodTypeDesc.of(VECTOR);
    private static final MethodTypeDesc BINARY = MethodTypeDesc.of(VECTOR, ANY_VECTOR);

    private static final int ARRAYS = 1, AT = 2, N = 3, I = 4, ZERO = 5, FIRST = 6;

    private final LoopCode loop;
    private final CodeBuilder code;

    private LoopClass(LoopCode loop, CodeBuilder code) {
        this.loop = loop;
        this.code = code;
    }

    /** The loop, ready to run and not yet compiled by the JVM. */
    static FusedLoop define(LoopCode loop) {
        ClassDesc self = ClassDesc.of(LoopClass.class.getPackageName() + ".GeneratedLoop");
        byte[] bytes = ClassFile.of().build(self, type -> type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                .withInterfaceSymbols(ClassDesc.of(FusedLoop.class.getName()))
                .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, 0,
                        c -> c.aload(0).invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME,
                                ConstantDescs.MTD_void).return_())
                .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, c -> new LoopClass(loop, c).body()));
        try {
            Class<?> made = MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
            return (FusedLoop) made.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a generated loop cannot be loaded: " + loop, e);
        }
    }

    /** Array {@code k} of the call: an input or a result. */
    private int array(int k) {
        return FIRST + 2 * k;
    }

    private int offset(int k) {
        return array(k) + 1;
    }

    /** The vector of value {@code v}. */
    private int value(int v) {
        return FIRST + 2 * loop.arrays() + v;
    }

    private void body() {
        for (int k = 0; k < loop.arrays(); k++) {
            code.aload(ARRAYS).loadConstant(k).aaload().astore(array(k));
            code.aload(AT).loadConstant(k).iaload().istore(offset(k));
        }
        species().invokestatic(VECTOR, "zero", MethodTypeDesc.of(VECTOR, SPECIES)).astore(ZERO);
        for (int k = 0; k < loop.uniform().size(); k++) {
            if (!loop.uniform().get(k)) continue;
            species().aload(array(k)).iload(offset(k)).faload()
                    .invokestatic(VECTOR, "broadcast", MethodTypeDesc.of(VECTOR, SPECIES, ConstantDescs.CD_float))
                    .astore(value(k));
        }
        Label again = code.newLabel(), end = code.newLabel();
        code.iconst_0().istore(I).labelBinding(again).iload(I).iload(N).if_icmpge(end);
        for (int k : loop.streams()) {
            species().aload(array(k)).iload(offset(k)).iload(I).iadd()
                    .invokestatic(VECTOR, "fromArray",
                            MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, ConstantDescs.CD_int))
                    .astore(value(k));
        }
        int inputs = loop.uniform().size();
        for (int i = 0; i < loop.code().size(); i++) {
            instruction(loop.code().get(i));
            code.astore(value(inputs + i));
        }
        for (int r = 0; r < loop.results().size(); r++) {
            code.aload(value(loop.results().get(r))).aload(array(inputs + r)).iload(offset(inputs + r)).iload(I).iadd()
                    .invokevirtual(VECTOR, "intoArray",
                            MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS, ConstantDescs.CD_int));
        }
        species().invokeinterface(SPECIES, "length", MethodTypeDesc.of(ConstantDescs.CD_int)).iload(I).iadd().istore(I)
                .goto_(again).labelBinding(end).return_();
    }

    private CodeBuilder species() {
        return code.getstatic(VECTOR, "SPECIES_PREFERRED", SPECIES);
    }

    /** Leaves the instruction's vector on the stack. */
    private void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Const _, Instruction.Index _ ->
                    throw new IllegalArgumentException(instruction + " has no place in a loop");
            case Instruction.Unary(Fn fn, int x, DType _) -> unary(fn, x);
            case Instruction.Binary(Fn2 fn, int a, int b, DType _) -> binary(fn, a, b);
            case Instruction.Where(int c, int t, int o, DType _) -> {
                load(o).aload(value(t));
                isTrue(c);
                code.invokevirtual(VECTOR, "blend", MethodTypeDesc.of(VECTOR, ANY_VECTOR, MASK));
            }
            case Instruction.Cast(int x, DType _, DType type) -> {
                if (type == DType.BOOL) {
                    code.aload(ZERO).fconst_1();
                    isTrue(x);
                    blendScalar();
                } else {
                    load(x);
                }
            }
        }
    }

    private CodeBuilder load(int v) {
        return code.aload(value(v));
    }

    private void unary(Fn fn, int x) {
        load(x);
        switch (fn) {
            case NEG -> code.invokevirtual(VECTOR, "neg", UNARY);
            case ABS -> code.invokevirtual(VECTOR, "abs", UNARY);
            case SQRT -> code.invokevirtual(VECTOR, "sqrt", UNARY);
            case RELU -> {
                code.fconst_0();
                compareWithZero("LE", x);
                blendScalar();
            }
            case SIGN, FLOOR, ROUND, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS ->
                    throw new IllegalArgumentException(fn + " has no place in a loop");
        }
    }

    private void binary(Fn2 fn, int a, int b) {
        switch (fn) {
            case ADD -> load(a).aload(value(b)).invokevirtual(VECTOR, "add", BINARY);
            case SUB -> load(a).aload(value(b)).invokevirtual(VECTOR, "sub", BINARY);
            case MUL -> load(a).aload(value(b)).invokevirtual(VECTOR, "mul", BINARY);
            case DIV -> load(a).aload(value(b)).invokevirtual(VECTOR, "div", BINARY);
            case MAX -> load(a).aload(value(b)).invokevirtual(VECTOR, "max", BINARY);
            case MIN -> load(a).aload(value(b)).invokevirtual(VECTOR, "min", BINARY);
            case LT, LE, EQ -> {
                code.aload(ZERO).fconst_1();
                load(a).getstatic(OPERATORS, fn.name(), COMPARISON).aload(value(b))
                        .invokevirtual(VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, ANY_VECTOR));
                blendScalar();
            }
            case POW, ATAN2, AND, OR -> throw new IllegalArgumentException(fn + " has no place in a loop");
        }
    }

    /** The mask of the elements of {@code v} that are not 0. */
    private void isTrue(int v) {
        compareWithZero("NE", v);
    }

    private void compareWithZero(String comparison, int v) {
        load(v).getstatic(OPERATORS, comparison, COMPARISON).fconst_0()
                .invokevirtual(VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, ConstantDescs.CD_float));
    }

    private void blendScalar() {
        code.invokevirtual(VECTOR, "blend", MethodTypeDesc.of(VECTOR, ConstantDescs.CD_float, MASK));
    }
}
