package org.chainrule.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chainrule.Shape;
import org.chainrule.plan.Value.Ref;

/**
 * Values that one kernel computes: at most one root that is not pointwise, pointwise values of the root's shape after
 * it, and before a reduction pointwise values of the shape that it folds.
 */
final class Group {
    final Optional<Value> root;
    final Shape shape;
    final List<Value> prologue = new ArrayList<>();
    final List<Value> members = new ArrayList<>();
    /** Groups that must run before this one, and those that must run after it. */
    private final Set<Group> before = new LinkedHashSet<>(), after = new LinkedHashSet<>();
    private final Precedence precedence;
    private int level;

    Group(Optional<Value> root, Shape shape, Precedence precedence) {
        this.precedence = precedence;
        this.root = root;
        this.shape = shape;
    }

    /** Everything that it computes, each after what it reads. */
    List<Value> values() {
        List<Value> all = new ArrayList<>(prologue);
        root.ifPresent(all::add);
        all.addAll(members);
        return all;
    }

    /** Groups that must run before this one. */
    Set<Group> before() {
        return Collections.unmodifiableSet(before);
    }

    /** Groups that must run after this one. */
    Set<Group> after() {
        return Collections.unmodifiableSet(after);
    }

    /** Has this run after {@code other}, which must not have to run after this. */
    void follow(Group other) {
        if (other == this || !before.add(other)) return;
        other.after.add(this);
        precedence.changed(this);
        raise(other.level + 1);
    }

    /** Takes the place of {@code other}, whose values are computed here. */
    void replace(Group other) {
        List<Group> earlier = List.copyOf(other.before), later = List.copyOf(other.after);
        for (Group g : earlier) g.after.remove(other);
        for (Group g : later) g.before.remove(other);
        other.before.clear();
        other.after.clear();
        for (Group g : earlier) follow(g);
        for (Group g : later) g.follow(this);
    }

    private void raise(int to) {
        if (level >= to) return;
        level = to;
        List<Group> open = new ArrayList<>(List.of(this));
        while (!open.isEmpty()) {
            Group low = open.removeLast();
            for (Group g : low.after) {
                if (g.level > low.level) continue;
                if (g == this) throw new IllegalStateException("two kernels wait for each other: " + values());
                g.level = low.level + 1;
                open.add(g);
            }
        }
    }

    /** Above that of every group that must run before this one, so that no search need go below its goal. */
    int level() {
        return level;
    }

    /** Whether this must run after {@code other}, directly or not. */
    boolean isAfter(Group other) {
        return precedence.leads(other, this);
    }

    /** Whether this must run after a third group that must run after {@code other}. */
    boolean isAfterByWayOf(Group other) {
        if (level <= other.level || other.after.stream().allMatch(g -> g == this)) return false;
        return new Precedence.Search(before.stream().filter(g -> g != other).toList()).finds(other);
    }

    /**
     * Whether {@code r} reads a value of {@code shape} with its own elements in their own order, so that it may do so where they are
     * computed. A computed value of half width must be read from memory: only there is it rounded.
     */
    static boolean isAligned(Ref r, Shape shape) {
        return r instanceof Ref.View(Value of, Layout layout) && of.shape.equals(shape) && layout.shape().equals(shape)
                && layout.isPlain() && (of.isGiven() || of.dtype == of.dtype.arithmetic());
    }
}
