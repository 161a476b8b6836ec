package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Generated loops give the bits of the passes that they replace. */
class LoopClassTest {
    private static final float[] SPECIAL = {0, -0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_NORMAL, Float.MAX_VALUE, 0.1f, -3.7f, 1e-20f, 2e19f};
    private static final List<Fn> UNARY =
            List.of(Fn.NEG, Fn.ABS, Fn.SQRT, Fn.RELU, Fn.EXP, Fn.SIGN, Fn.NEG, Fn.SQRT, Fn.RELU);
    private static final List<Fn2> BINARY = List.of(Fn2.ADD, Fn2.SUB, Fn2.MUL, Fn2.DIV, Fn2.MAX, Fn2.MIN);
    private static final List<Fn2> PREDICATES = List.of(Fn2.LT, Fn2.LE, Fn2.EQ);

    private int loops;

    @BeforeEach
    void vectorsAreThere() {
        assumeTrue(PanamaProvider.usable(), "loops need the Vector API; run with --add-modules jdk.incubator.vector");
    }

    /** A random program upon floats and truth values, its last registers among its results. */
    private static Program program(Random random, int args) {
        List<DType> types = new ArrayList<>();
        for (int i = 0; i < args; i++) types.add(DType.F32);
        List<Instruction> code = new ArrayList<>();
        List<DType> all = new ArrayList<>(types);
        int length = 1 + random.nextInt(14);
        for (int i = 0; i < length; i++) {
            int x = any(random, all, DType.F32), y = any(random, all, DType.F32), c = any(random, all, DType.BOOL);
            Instruction next = switch (random.nextInt(9)) {
                case 0 -> new Instruction.Const(SPECIAL[random.nextInt(SPECIAL.length)], DType.F32);
                case 1, 2 -> new Instruction.Unary(UNARY.get(random.nextInt(UNARY.size())), x, DType.F32);
                case 3 -> new Instruction.Binary(PREDICATES.get(random.nextInt(3)), x, y, DType.F32);
                case 4 -> c < 0 ? new Instruction.Cast(x, DType.F32, DType.BOOL)
                        : new Instruction.Where(c, x, y, DType.F32);
                case 5 -> c < 0 ? new Instruction.Cast(x, DType.F32, DType.BOOL)
                        : new Instruction.Cast(c, DType.BOOL, DType.F32);
                default -> new Instruction.Binary(BINARY.get(random.nextInt(BINARY.size())), x, y, DType.F32);
            };
            code.add(next);
            all.add(next.type());
        }
        List<Integer> results = new ArrayList<>();
        for (int r = all.size() - 1; r >= args && results.size() < 3; r--)
            if (results.isEmpty() || random.nextInt(3) == 0) results.add(r);
        return new Program(types, code, results);
    }

    private static int any(Random random, List<DType> types, DType type) {
        int[] those = IntStream.range(0, types.size()).filter(i -> types.get(i) == type).toArray();
        return those.length == 0 ? -1 : those[random.nextInt(those.length)];
    }

    private IntFunction<@Nullable FusedLoop> generated(LoopCode code) {
        FusedLoop loop = LoopClass.define(code);
        return _ -> {
            loops++;
            return loop;
        };
    }

    @Test
    void randomChainsGiveTheBitsOfTheirPassesAtEveryLength() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int n = seed % 3 == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(2500), args = 1 + random.nextInt(4);
            Program program = program(random, args);
            float[][] inputs = new float[args][];
            for (int i = 0; i < args; i++) {
                inputs[i] = new float[i == 0 ? n : random.nextInt(3) == 0 ? 1 : n];
                for (int e = 0; e < inputs[i].length; e++)
                    inputs[i][e] = random.nextInt(4) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)]
                            : (float) random.nextGaussian();
            }
            boolean inPlace = random.nextBoolean();
            float[][] passes = run(program, n, inputs, inPlace, _ -> _ -> null);
            float[][] fused = run(program, n, inputs, inPlace, this::generated);
            for (int r = 0; r < passes.length; r++) {
                for (int e = 0; e < n; e++)
                    assertEquals(passes[r][e], fused[r][e], "seed " + seed + ", result " + r + " of " + program);
            }
        }
        assertTrue(loops > 100, () -> loops + " loops ran");
    }

    /** The results of all elements; with {@code inPlace} the first float result takes the place of the first input. */
    private static float[][] run(Program program, int n, float[][] inputs, boolean inPlace,
            Function<LoopCode, IntFunction<@Nullable FusedLoop>> loops) {
        Shape shape = Shape.of(n);
        List<Operand> in = new ArrayList<>(), out = new ArrayList<>();
        try (Threads threads = new Threads(1); CpuDevice device = new CpuDevice(threads)) {
            List<HostBuffer> memory = new ArrayList<>();
            for (float[] input : inputs) {
                HostBuffer buffer = device.allocate(DType.F32, input.length);
                System.arraycopy(input, 0, (float[]) buffer.array(), 0, input.length);
                Layout layout = input.length == n ? Layout.of(shape) : new Layout(shape, 0, new int[] {0});
                in.add(new Operand(memory.size(), DType.F32, layout));
                memory.add(buffer);
            }
            boolean taken = !inPlace;
            for (int r : program.results()) {
                int slot = memory.size();
                if (!taken && program.type(r) == DType.F32) {
                    slot = 0;
                    taken = true;
                } else {
                    memory.add(device.allocate(program.type(r), n));
                }
                out.add(new Operand(slot, program.type(r), Layout.of(shape)));
            }
            Frame frame = new Frame(new Tape(program, shape, 0, in, out), -1, n, loops);
            frame.begin(memory.toArray(HostBuffer[]::new));
            frame.run(0, n);
            float[][] results = new float[out.size()][];
            for (int r = 0; r < results.length; r++) {
                Object array = memory.get(out.get(r).slot()).array();
                results[r] = array instanceof float[] f ? f.clone() : floats((byte[]) array, n);
            }
            memory.forEach(HostBuffer::close);
            return results;
        }
    }

    private static float[] floats(byte[] truths, int n) {
        float[] f = new float[n];
        for (int i = 0; i < n; i++) f[i] = truths[i];
        return f;
    }

    @Test
    @Timeout(300)
    void equalCodesShareALoopThatBecomesWarm() {
        Instruction twice = new Instruction.Binary(Fn2.ADD, 0, 0, DType.F32),
                less = new Instruction.Binary(Fn2.SUB, 2, 1, DType.F32);
        LoopCode code = new LoopCode(List.of(false, true), List.of(twice, less), List.of(3));
        LoopOnceWarm loop = LoopOnceWarm.of(code);
        assertEquals(loop, LoopOnceWarm.of(new LoopCode(List.of(false, true), List.of(twice, less), List.of(3))));
        FusedLoop fused = loop.at(1 << 20);
        while (fused == null) {
            Thread.onSpinWait();
            fused = loop.at(1 << 20);
        }
        float[] x = new float[64], y = new float[64];
        Arrays.fill(x, 3);
        fused.run(new float[][] {x, {1}, y}, new int[] {0, 0, 16}, 32);
        assertEquals(0, y[15]);
        assertEquals(5, y[16]);
        assertEquals(5, y[47]);
        assertEquals(0, y[48]);
    }
}
