package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chainrule.Backends;
import org.chainrule.harness.device.Kernels;
import org.chainrule.harness.graphs.GraphCases;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random graphs find the mistakes that a planner or a backend may make in fused schedules, and show each by a few nodes. */
class FusionBugsTest {
    private static final Options NORMAL =
            new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), Options.GRAPHS);
    private static final Pattern SHRUNK = Pattern.compile("in a graph of (\\d+) computed nodes");

    private enum Bug {
        /** A step of an epilogue reads what the step before it read. */
        EPILOGUE_READS_UNFUSED_OPERAND {
            @Override
            Schedule in(Schedule s) {
                return each(s, k -> switch (k) {
                    case Kernel.MatMul m -> new Kernel.MatMul(m.label(), m.dtype(), m.shape(), m.a(), m.b(),
                            skipping(m.epilogue()), m.extra(), m.out());
                    case Kernel.Reduce r -> new Kernel.Reduce(r.label(), r.kind(), r.shape(), r.axes(), r.dtype(),
                            r.prologue(), r.in(), skipping(r.epilogue()), r.extra(), r.out());
                    default -> k;
                });
            }

            private static Program skipping(Program p) {
                int last = p.code().size() - 1, before = p.args().size() + last - 1;
                if (last < 1 || p.type(0) != p.type(before)) return p;
                List<Instruction> code = new ArrayList<>(p.code());
                code.set(last, switch (code.get(last)) {
                    case Instruction.Unary(var fn, int x, var type) when x == before ->
                            new Instruction.Unary(fn, 0, type);
                    case Instruction.Binary(var fn, int x, int y, var type) when x == before ->
                            new Instruction.Binary(fn, 0, y, type);
                    case Instruction other -> other;
                });
                return new Program(p.args(), code, p.results());
            }
        },
        /** An operand that is broadcast along one axis is read as if it were along the last too. */
        OPERAND_HAS_LAYOUT_OF_ANOTHER_SHAPE {
            @Override
            Schedule in(Schedule s) {
                return each(s, k -> Kernels.withOperands(k, o -> new Operand(o.slot(), o.dtype(), flat(o.layout())),
                        o -> o));
            }

            private static Layout flat(Layout l) {
                int[] stride = l.stride().clone();
                if (stride.length != 2 || stride[0] != 0 || l.shape().dim(0) < 2) return l;
                stride[1] = 0;
                return new Layout(l.shape(), l.offset(), stride);
            }
        },
        /** A temporary takes the memory of one that the next kernel still reads. */
        SLOT_IS_REUSED_TOO_EARLY {
            @Override
            Schedule in(Schedule s) {
                for (int i = 0; i + 1 < s.kernels().size(); i++) {
                    for (Operand read : s.kernels().get(i + 1).reads()) {
                        for (Operand written : s.kernels().get(i).out()) {
                            int from = written.slot(), to = read.slot();
                            if (from != to && isTemporary(s, from) && isTemporary(s, to)
                                    && written.dtype() == read.dtype()
                                    && s.slots().get(from).length() <= s.slots().get(to).length())
                                return each(s, k -> Kernels.withOperands(k, o -> o.slot() != from ? o
                                        : new Operand(to, o.dtype(), o.layout())));
                        }
                    }
                }
                return s;
            }

            private static boolean isTemporary(Schedule s, int slot) {
                return !s.slots().get(slot).external();
            }
        },
        /** An assigned tensor is written although a kernel to come reads its old value. */
        UPDATE_OVERWRITES_BEFORE_LAST_READER {
            @Override
            Schedule in(Schedule s) {
                List<Kernel> kernels = new ArrayList<>(s.kernels());
                for (int i = 1; i < kernels.size(); i++) {
                    Kernel writer = kernels.get(i), before = kernels.get(i - 1);
                    boolean overtakes = writer.out().stream()
                            .anyMatch(o -> reads(before, o.slot()) && s.slots().get(o.slot()).external());
                    if (!overtakes || before.out().stream().anyMatch(o -> reads(writer, o.slot()))) continue;
                    kernels.set(i - 1, writer);
                    kernels.set(i, before);
                    return new Schedule(s.slots(), kernels);
                }
                return s;
            }

            private static boolean reads(Kernel k, int slot) {
                return k.reads().stream().anyMatch(o -> o.slot() == slot);
            }
        },
        /** Of a map with several results, two of one dtype are stored in each other's place. */
        RESULTS_ARE_EXCHANGED {
            @Override
            Schedule in(Schedule s) {
                return each(s, k -> k instanceof Kernel.Map m && m.out().size() > 1
                        && m.out().get(0).dtype() == m.out().get(1).dtype()
                                ? new Kernel.Map(m.label(), m.shape(), m.program(), m.in(), exchanged(m.out())) : k);
            }

            private static List<Operand> exchanged(List<Operand> out) {
                List<Operand> r = new ArrayList<>(out);
                r.set(0, out.get(1));
                r.set(1, out.get(0));
                return r;
            }
        };

        /** The schedule with the mistake in it, where it can be made. */
        abstract Schedule in(Schedule s);

        private static Schedule each(Schedule s, UnaryOperator<Kernel> change) {
            return new Schedule(s.slots(), s.kernels().stream().map(change).toList());
        }
    }

    private static final class Faulty extends DeviceFilter {
        private final Bug bug;

        Faulty(Device device, Bug bug) {
            super(device);
            this.bug = bug;
        }

        @Override
        public Executable compile(Schedule schedule) {
            return inner().compile(bug.in(schedule));
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFoundInANormalRunAndShownByFewNodes(Bug bug) {
        try (Target target = Target.of("cpu", () -> new Faulty(Backends.open("cpu").device(), bug))) {
            GraphCases graphs = new GraphCases(NORMAL);
            Conformance suite = Conformance.of(target, NORMAL, List.of(graphs));
            String what = suite.cases(graphs).map(suite::run).filter(r -> r.verdict().isFailure())
                    .map(ConformanceReport::text).findFirst().orElse("none of " + NORMAL.graphs() + " graphs found it");
            Matcher shrunk = SHRUNK.matcher(what);
            assertThat(shrunk.find()).as(what).isTrue();
            assertThat(Integer.parseInt(shrunk.group(1))).as(what).isLessThanOrEqualTo(5);
        }
    }
}
