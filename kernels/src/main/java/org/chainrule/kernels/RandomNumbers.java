package org.chainrule.kernels;

import org.chainrule.DType;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;

/** Random values by Philox: one work-item for each block of four words, which are four values or, of 53 bits, two. */
final class RandomNumbers {
    private RandomNumbers() {}

    static Recipe of(Kernel.Random k, Hardware hardware) {
        Operand o = k.result();
        int size = Math.toIntExact(o.layout().shape().size());
        if (size == 0) return Recipe.NOTHING;
        boolean wide = k.distribution() == Op.Distribution.UNIFORM && o.dtype() == DType.F64;
        int each = wide ? 2 : 4, blocks = (size - 1) / each + 1;
        Text t = new Text(hardware);
        String limit = t.number("size", size), offset = t.number("offset", o.layout().offset());
        String seed = t.parameter("const i64 seed", "seed", new Argument.I64(k.seed()));
        String stream = t.parameter("const i64 stream", "stream", new Argument.Stream(k.number()));
        String memory = t.memory(o, "result", true);
        // unsigned: the last group may reach beyond 2^31
        t.line("const u32 block = GROUP(0) * " + Elementwise.ITEMS + "u + ITEM(0);");
        t.line("u32 words[4];");
        t.line("philox(" + seed + ", " + stream + ", (u64)block, words);");
        for (int lane = 0; lane < each; lane++) {
            String value = switch (k.distribution()) {
                case UNIFORM -> wide ? "uniform53(words[" + 2 * lane + "], words[" + (2 * lane + 1) + "])"
                        : "uniform24(words[" + lane + "])";
                case NORMAL -> "gaussian(words[" + (lane & 2) + "], words[" + ((lane & 2) + 1) + "], " + (lane & 1)
                        + ")";
            };
            String element = "block * " + each + "u + " + lane + "u";
            t.line("if (" + element + " < (u32)" + limit + ") "
                    + ScalarType.store(o.dtype(), memory, offset + " + (i32)(" + element + ")", value));
        }
        return Recipe.of(t.launch(Entry.RANDOM_NUMBERS, Launch.Extent.of((blocks - 1) / Elementwise.ITEMS + 1),
                Launch.Extent.of(Elementwise.ITEMS)));
    }
}
