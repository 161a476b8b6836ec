package org.chainrule.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.chainrule.DType;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;
import org.chainrule.plan.Plan.Assignment;
import org.chainrule.plan.Plan.Source;
import org.chainrule.plan.Plan.Stream;
import org.chainrule.plan.Schedule.Slot;
import org.chainrule.plan.Value.Ref;
import org.chainrule.spi.Device;

/**
 * Turns the graph under some roots and assignments into a schedule: lowers tensors to values, groups values into
 * kernels, orders the kernels, updates assigned tensors in place where nothing reads the old value afterwards, and
 * lets temporaries share memory once their last reader has run. All reads in one plan see the values from before its
 * assignments.
 */
public final class Planner {
    private final Lowering lowering;
    private final boolean fuses;
    private final List<Assignment> assignments;
    private final Table<Value, Group> groupOf;
    private final Map<Value, Value> inPlace = new IdentityHashMap<>();
    private final Map<Value, Value> copiedLast = new LinkedHashMap<>();
    private final List<Value> rootValues = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final Table<Value, Integer> slotOf = new Table<>();
    private final List<Source> sources = new ArrayList<>(), scalars = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();

    private Planner(List<Tensor> roots, List<Assignment> assignments, Device.Traits traits) {
        this.lowering = new Lowering(traits.composites());
        this.fuses = traits.fuses();
        this.assignments = assignments;
        for (Tensor t : roots) rootValues.add(observed(t));
        List<Value> news = new ArrayList<>();
        for (Assignment a : assignments) news.add(observed(a.value()));
        this.groupOf = Grouping.of(lowering.values, fuses);
        for (int i = 0; i < news.size(); i++)
            assign(((Ref.View) lowering.lower(assignments.get(i).target())).of(), news.get(i));
    }

    /** The plan that computes {@code roots} and then makes {@code assignments}. */
    public static Plan plan(List<Tensor> roots, List<Assignment> assignments, Device.Traits traits) {
        return new Planner(roots, assignments, traits).plan();
    }

    /** A value of {@code t} alone that holds exactly its elements in plain order. */
    private Value observed(Tensor t) {
        Ref r = lowering.lower(t);
        boolean usable = r instanceof Ref.View(Value of, Layout l) && l.isPlain() && of.shape.size() == t.shape().size()
                && !of.isGiven() && !of.observed;
        Value v = usable ? ((Ref.View) r).of() : lowering.copy(r, t.shape(), t);
        v.observed = true;
        return v;
    }

    /** Decides whether {@code value} can be written where {@code target} lives as it is computed. */
    private void assign(Value target, Value value) {
        Group writer = groupOf.get(value);
        boolean elementwise = writer.members.contains(value) && target.shape.size() == value.shape.size()
                && !rootValues.contains(value);
        for (Value reader : target.users) {
            Group g = groupOf.get(reader);
            if (g == writer) {
                elementwise &= writer.members.contains(reader);
                for (Ref r : reader.inputs) elementwise &= !(r instanceof Ref.View(Value of, Layout _) && of == target)
                        || Group.isAligned(r, writer.shape);
            } else {
                elementwise &= !g.isAfter(writer);
            }
        }
        if (!elementwise) {
            copiedLast.put(target, value);
            return;
        }
        inPlace.put(value, target);
        for (Value reader : target.users) writer.follow(groupOf.get(reader));
    }

    private Plan plan() {
        List<Group> order = order();
        for (Value v : lowering.values) {
            if (!v.isGiven()) continue;
            int slot = slot(v, true);
            (v.op instanceof Op.HostScalar ? scalars : sources).add(new Source(v.tensor, slot));
        }
        List<Integer> results = new ArrayList<>();
        for (Value v : rootValues) results.add(slotOf.find(v).orElseGet(() -> slot(v, true)));
        inPlace.forEach((value, target) -> slotOf.put(value, slotOf.get(target)));
        new Temporaries().assign(order);
        List<Kernel> kernels = new ArrayList<>();
        Emission emission = new Emission(groupOf, slotOf, streams);
        for (Group g : order) kernels.addAll(emission.kernels(g));
        copiedLast.forEach((target, value) -> kernels.add(Emission.copy(value, slotOf.get(value), slotOf.get(target))));
        return new Plan(new Schedule(List.copyOf(slots), List.copyOf(kernels)), List.copyOf(sources),
                List.copyOf(scalars), results, List.copyOf(streams));
    }

    private int slot(Value v, boolean external) {
        slots.add(new Slot(v.dtype, Math.toIntExact(v.shape.size()), external));
        slotOf.put(v, slots.size() - 1);
        return slots.size() - 1;
    }

    /** Groups in an order that respects what must run before what, otherwise in that of the graph. */
    private List<Group> order() {
        Set<Group> groups = new LinkedHashSet<>();
        for (Value v : lowering.values) if (!v.isGiven()) groups.add(groupOf.get(v));
        Table<Group, Integer> number = new Table<>();
        Map<Group, Integer> waiting = new IdentityHashMap<>();
        int count = 0;
        for (Group g : groups) number.put(g, count++);
        PriorityQueue<Group> ready = new PriorityQueue<>(Comparator.comparing(number::get));
        for (Group g : groups) {
            waiting.put(g, g.before().size());
            if (g.before().isEmpty()) ready.add(g);
        }
        List<Group> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Group g = ready.remove();
            order.add(g);
            for (Group n : g.after()) if (waiting.merge(n, -1, Integer::sum) == 0) ready.add(n);
        }
        if (order.size() != groups.size()) throw new IllegalStateException("the kernels of a plan wait for each other: "
                + assignments.size() + " assignments, " + groups.size() + " groups");
        return order;
    }

    /** Gives each value that must be in memory a slot, and slots whose last reader has run to later values. */
    private final class Temporaries {
        private final Map<DType, TreeMap<Integer, Deque<Integer>>> free = new EnumMap<>(DType.class);

        void assign(List<Group> order) {
            Table<Group, Integer> at = new Table<>();
            for (int i = 0; i < order.size(); i++) at.put(order.get(i), i);
            Set<Value> kept = Collections.newSetFromMap(new IdentityHashMap<>());
            kept.addAll(copiedLast.values());
            List<List<Integer>> ending = new ArrayList<>();
            for (int i = 0; i < order.size(); i++) ending.add(new ArrayList<>());
            for (int i = 0; i < order.size(); i++) {
                Group g = order.get(i);
                for (Value v : g.values()) {
                    if (slotOf.has(v) || !Emission.isStored(v, g, groupOf)) continue;
                    int slot = take(v), until = i;
                    for (Value u : v.users) until = Math.max(until, at.get(groupOf.get(u)));
                    if (!kept.contains(v)) ending.get(until).add(slot);
                }
                for (int slot : ending.get(i)) give(slot);
            }
        }

        private void give(int slot) {
            Slot s = slots.get(slot);
            free.computeIfAbsent(s.dtype(), _ -> new TreeMap<>())
                    .computeIfAbsent(s.length(), _ -> new ArrayDeque<>()).add(slot);
        }

        /** The shortest free slot that is long enough, else the longest, made longer, else a new one. */
        private int take(Value v) {
            int need = Math.toIntExact(v.shape.size());
            TreeMap<Integer, Deque<Integer>> byLength = free.computeIfAbsent(v.dtype, _ -> new TreeMap<>());
            if (byLength.isEmpty()) return slot(v, false);
            var best = byLength.ceilingEntry(need);
            if (best == null) best = byLength.lastEntry();
            int slot = best.getValue().remove();
            if (best.getValue().isEmpty()) byLength.remove(best.getKey());
            if (best.getKey() < need) slots.set(slot, new Slot(v.dtype, need, false));
            slotOf.put(v, slot);
            return slot;
        }
    }
}
