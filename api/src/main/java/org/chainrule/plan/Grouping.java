package org.chainrule.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chainrule.graph.Op;
import org.chainrule.plan.Value.Ref;

/**
 * Fusion: each pointwise value joins a group that computes one of its inputs, where both have one shape and no other
 * kernel would have to run in between; a reduction takes up the pointwise values that it alone reads.
 */
final class Grouping {
    /** Bounds on one kernel, so that its registers stay in the first-level cache. */
    private static final int MOST_MEMBERS = 48, MOST_INPUTS = 24;

    private final boolean fuses;
    private final Precedence precedence = new Precedence();
    private final Table<Value, Group> of = new Table<>();

    private Grouping(boolean fuses) {
        this.fuses = fuses;
    }

    /** The group of each computed value. */
    static Table<Value, Group> of(List<Value> values, boolean fuses) {
        Grouping g = new Grouping(fuses);
        for (Value v : values) {
            if (v.isGiven()) continue;
            if (v.isPointwise()) g.place(v);
            else g.start(v);
        }
        return g.of;
    }

    private void start(Value v) {
        Group g = new Group(Optional.of(v), v.shape, precedence);
        of.put(v, g);
        if (fuses && v.op instanceof Op.Reduce && v.inputs.getFirst() instanceof Ref.View(Value in, Layout _))
            takePrologue(g, v, in);
        depend(g, v);
    }

    /** Computes {@code in} inside the reduction where nothing else reads what leads to it. */
    private void takePrologue(Group g, Value reduce, Value in) {
        if (!of.has(in)) return;
        Group p = of.get(in);
        if (p.root.isPresent() || !p.shape.equals(in.shape) || !Group.isAligned(reduce.inputs.getFirst(), in.shape))
            return;
        for (Value m : p.members) {
            if (m.observed) return;
            for (Value user : m.users) if (user != reduce && !isIn(user, p)) return;
        }
        if (p.members.getLast() != in) return;
        g.prologue.addAll(p.members);
        g.replace(p);
        for (Value m : p.members) of.put(m, g);
    }

    private void depend(Group g, Value v) {
        for (Ref r : v.inputs) {
            if (r instanceof Ref.View(Value in, Layout _) && of.has(in) && of.get(in) != g) g.follow(of.get(in));
        }
    }

    private void place(Value v) {
        Group home = (fuses ? home(v) : Optional.<Group>empty())
                .orElseGet(() -> new Group(Optional.empty(), v.shape, precedence));
        home.members.add(v);
        of.put(v, home);
        depend(home, v);
    }

    private boolean isIn(Value v, Group g) {
        return of.has(v) && of.get(v) == g;
    }

    private Optional<Group> home(Value v) {
        List<Group> near = new ArrayList<>();
        for (Ref r : v.inputs) {
            if (r instanceof Ref.View(Value in, Layout _) && of.has(in) && !near.contains(of.get(in))
                    && accepts(of.get(in), v, in, r))
                near.add(of.get(in));
        }
        near.sort((a, b) -> Boolean.compare(b.root.isPresent(), a.root.isPresent()));
        Optional<Group> home = Optional.empty();
        for (Group g : near) {
            if (home.isEmpty()) {
                if (reaches(v, g)) home = Optional.of(g);
            } else if (g.root.isEmpty() && mergeable(home.get(), g)) {
                merge(home.get(), g);
            }
        }
        return home.filter(g -> reaches(v, g));
    }

    private boolean accepts(Group g, Value v, Value in, Ref r) {
        if (!g.shape.equals(v.shape) || !Group.isAligned(r, v.shape) || g.prologue.contains(in)) return false;
        if (g.members.size() >= MOST_MEMBERS || inputs(g, v).size() > MOST_INPUTS) return false;
        return g.root.isEmpty() || g.root.get().op instanceof Op.MatMul || g.root.get().op instanceof Op.Reduce;
    }

    /** What {@code g} would read from memory with {@code more} in it. */
    private Set<Value> inputs(Group g, Value more) {
        Set<Value> in = new LinkedHashSet<>();
        for (Value m : g.members) addInputs(in, m, g);
        addInputs(in, more, g);
        return in;
    }

    private void addInputs(Set<Value> in, Value v, Group g) {
        for (Ref r : v.inputs) if (r instanceof Ref.View(Value of, Layout _) && !isIn(of, g)) in.add(of);
    }

    /** Whether {@code v} can be computed with {@code g}: what else it reads does not need {@code g} to have run. */
    private boolean reaches(Value v, Group g) {
        for (Ref r : v.inputs) {
            if (!(r instanceof Ref.View(Value in, Layout _)) || !of.has(in)) continue;
            Group h = of.get(in);
            if (h == g ? !Group.isAligned(r, g.shape) : h.isAfter(g)) return false;
        }
        return true;
    }

    private boolean mergeable(Group a, Group b) {
        if (a.members.size() + b.members.size() >= MOST_MEMBERS
                || inputs(a, b.members.getFirst()).size() + inputs(b, b.members.getFirst()).size() > MOST_INPUTS)
            return false;
        if (a.isAfterByWayOf(b) || b.isAfterByWayOf(a)) return false;
        for (Value m : b.members) for (Ref r : m.inputs)
            if (r instanceof Ref.View(Value in, Layout _) && isIn(in, a) && !Group.isAligned(r, a.shape)) return false;
        for (Value m : a.members) for (Ref r : m.inputs)
            if (r instanceof Ref.View(Value in, Layout _) && isIn(in, b) && !Group.isAligned(r, b.shape)) return false;
        if (a.root.isPresent()) {
            for (Value m : a.prologue)
                for (Ref r : m.inputs) if (r instanceof Ref.View(Value in, Layout _) && isIn(in, b)) return false;
            for (Ref r : a.root.get().inputs)
                if (r instanceof Ref.View(Value in, Layout _) && isIn(in, b)) return false;
        }
        return true;
    }

    private void merge(Group into, Group g) {
        into.members.addAll(g.members);
        into.members.sort((x, y) -> Integer.compare(x.id, y.id));
        into.replace(g);
        for (Value m : g.members) of.put(m, into);
    }
}
