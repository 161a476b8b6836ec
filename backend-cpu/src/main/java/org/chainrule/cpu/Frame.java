package org.chainrule.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.plan.Program.Instruction;
import org.jspecify.annotations.Nullable;

/** One thread's registers for a {@link Tape}, its instructions bound to them. Running blocks allocates nothing. */
final class Frame {
    /** An instruction bound to its registers: computes elements {@code start … start + n}. */
    interface Step {
        void run(int start, int n);
    }

    private final Tape tape;
    private final Register[] registers;
    private final Reader[] readers;
    private final Writer[] writers;
    private final Step[] steps;
    private final boolean[] direct;
    private final Function<LoopCode, IntFunction<@Nullable FusedLoop>> loops;
    private final int block;
    private long begun;

    /** {@code givenSlot}: the slot in which the given arguments lie, -1 for none; {@code most}: the most elements run at a time. */
    Frame(Tape tape, int givenSlot, int most) {
        this(tape, givenSlot, most, code -> LoopOnceWarm.of(code)::at);
    }

    /** {@code loops}: what runs a chain of instructions in one loop, for a number of elements; null for passes. */
    Frame(Tape tape, int givenSlot, int most, Function<LoopCode, IntFunction<@Nullable FusedLoop>> loops) {
        this.loops = loops;
        this.tape = tape;
        this.block = Math.clamp(most, 1, Tape.BLOCK);
        int args = tape.args();
        this.registers = new Register[args + tape.code.length];
        for (int i = 0; i < registers.length; i++) registers[i] = new Register(Carrier.of(tape.program.type(i)));
        this.direct = new boolean[tape.out.size()];
        for (int k = 0; k < direct.length; k++) direct[k] = tape.isDirect(k, givenSlot);
        this.readers = new Reader[tape.in.size()];
        for (int i = 0; i < readers.length; i++)
            readers[i] = new Reader(tape.in.get(i), tape.inStrides[i], registers[tape.given + i], block,
                    !tape.isOverwritten(i));
        place();
        this.writers = new Writer[direct.length];
        int[] order = givenFirst();
        for (int i = 0; i < order.length; i++) {
            int k = order[i];
            writers[i] = new Writer(tape.out.get(k), tape.outStrides[k], result(k), direct[k]);
        }
        this.steps = steps();
    }

    /** An instruction each, but chains of those that one loop can hold. */
    private Step[] steps() {
        List<Step> all = new ArrayList<>();
        List<Integer> chain = new ArrayList<>();
        for (int i = 0; i < tape.code.length; i++) {
            if (tape.code[i] instanceof Instruction.Const) continue;
            if (!isFused(i)) {
                flush(chain, all);
                all.add(pass(i));
            } else {
                chain.add(i);
            }
        }
        flush(chain, all);
        return all.toArray(Step[]::new);
    }

    private Step pass(int i) {
        return step(tape.code[i], registers[tape.args() + i]);
    }

    private boolean isFused(int i) {
        Instruction code = tape.code[i];
        return PanamaProvider.usable() && LoopCode.holds(code) && registers[tape.args() + i].carrier == Carrier.FLOAT
                && code.reads().stream().allMatch(r -> registers[r].carrier == Carrier.FLOAT);
    }

    /** Adds the instructions {@code chain} to {@code all} and forgets them. */
    private void flush(List<Integer> chain, List<Step> all) {
        if (chain.size() < 2) chain.forEach(i -> all.add(pass(i)));
        else all.add(chain(chain));
        chain.clear();
    }

    private Chain chain(List<Integer> chain) {
        int args = tape.args(), last = chain.getLast();
        Map<Integer, Integer> numbers = new LinkedHashMap<>();
        for (int i : chain)
            for (int r : tape.code[i].reads())
                if (!chain.contains(r - args)) numbers.putIfAbsent(r, numbers.size());
        List<Integer> inputs = List.copyOf(numbers.keySet());
        for (int i : chain) numbers.put(args + i, numbers.size());
        List<Integer> results = chain.stream().map(i -> args + i).filter(r -> tape.lastRead[r] > last).toList();
        LoopCode code = new LoopCode(inputs.stream().map(r -> registers[r].uniform).toList(),
                chain.stream().map(i -> tape.code[i])
                        .map(i -> i.reading(i.reads().stream().mapToInt(numbers::get).toArray())).toList(),
                results.stream().map(numbers::get).toList());
        return new Chain(loops.apply(code), chain.stream().map(this::pass).toList(),
                Stream.concat(inputs.stream(), results.stream()).map(r -> registers[r]).toList(),
                numbers.keySet().stream().map(r -> registers[r]).filter(r -> !r.uniform).toList());
    }

    /** The results in the order in which they are stored: a given argument before what may take its place. */
    private int[] givenFirst() {
        return IntStream.concat(
                IntStream.range(0, tape.out.size()).filter(k -> tape.results[k] < tape.given),
                IntStream.range(0, tape.out.size()).filter(k -> tape.results[k] >= tape.given)).toArray();
    }

    /** Gives registers that are computed scratch memory, shared once it is not read again. */
    private void place() {
        int args = tape.args();
        Map<Carrier, Deque<Register>> free = new EnumMap<>(Carrier.class);
        for (int i = 0; i < tape.code.length; i++) {
            Register r = registers[args + i];
            if (tape.code[i] instanceof Instruction.Const(double v, DType _)) {
                r.scratch(block);
                r.fill(v, block);
                r.uniform = true;
                continue;
            }
            if (isDirectResult(args + i)) continue;
            Register old = free.computeIfAbsent(r.carrier, _ -> new ArrayDeque<>()).poll();
            if (old == null) r.scratch(block);
            else r.share(old);
            for (int x = args; x < args + i; x++) {
                boolean owned = !(tape.code[x - args] instanceof Instruction.Const) && !isDirectResult(x);
                if (owned && tape.lastRead[x] == i)
                    free.computeIfAbsent(registers[x].carrier, _ -> new ArrayDeque<>()).add(registers[x]);
            }
        }
    }

    private boolean isDirectResult(int register) {
        int k = tape.program.results().indexOf(register);
        return k >= 0 && k < direct.length && direct[k];
    }

    private Step step(Instruction instruction, Register y) {
        Lanes lanes = Lanes.best();
        return switch (instruction) {
            case Instruction.Const c -> throw new IllegalStateException(c + " computes nothing");
            case Instruction.Index(int axis) -> (start, n) -> Instructions.index(tape.shape, axis, start, y, n);
            case Instruction.Unary(var fn, int x, DType type) -> {
                Register from = registers[x];
                yield (_, n) -> Instructions.unary(lanes, fn, type, from, y, n);
            }
            case Instruction.Binary(var fn, int a, int b, DType operands) -> {
                Register left = registers[a], right = registers[b];
                yield (_, n) -> Instructions.binary(lanes, fn, operands, left, right, y, n);
            }
            case Instruction.Where(int c, int t, int o, DType _) -> {
                Register condition = registers[c], then = registers[t], otherwise = registers[o];
                yield (_, n) -> Instructions.where(lanes, condition, then, otherwise, y, n);
            }
            case Instruction.Cast(int x, DType _, DType type) -> {
                Register from = registers[x];
                yield (_, n) -> Instructions.cast(type, from, y, n);
            }
        };
    }

    /** Given argument {@code i}, for the caller to bind. */
    Register given(int i) {
        return registers[i];
    }

    /** The register of result {@code k}. */
    Register result(int k) {
        return registers[tape.results[k]];
    }

    /** {@link #begin(HostBuffer[])}, unless that was done for this run. */
    void begin(HostBuffer[] memory, long run) {
        if (run == begun) return;
        begin(memory);
        begun = run;
    }

    /** Takes the memory to read and write, and reads operands of one element. */
    void begin(HostBuffer[] memory) {
        for (Reader r : readers) r.begin(memory, block);
        for (Writer w : writers) w.begin(memory);
    }

    /** Computes and stores elements {@code start … start + n}, the given arguments being bound to the first and moved on. */
    void run(int start, int n) {
        int done = 0;
        while (done < n) {
            int length = Math.min(block, n - done);
            step(start + done, length);
            for (Writer w : writers) w.write(start + done, length);
            done += length;
            for (int g = 0; g < tape.given; g++) registers[g].at += length;
        }
    }

    /** Computes elements {@code start … start + n}, a block at most; results stay in their registers. */
    void step(int start, int n) {
        for (Reader r : readers) r.read(start, n);
        for (Writer w : writers) w.bind(start);
        for (Step s : steps) s.run(start, n);
    }
}
