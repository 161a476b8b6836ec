package org.chainrule.plan;

import java.util.ArrayList;
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
    /** Groups that must run before this one. */
    final Set<Group> after = new LinkedHashSet<>();

    Group(Optional<Value> root, Shape shape) {
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

    /** Whether this must run after {@code other}, directly or not, through groups outside {@code inside}. */
    boolean isAfter(Group other, Set<Group> inside) {
        Set<Group> seen = new LinkedHashSet<>();
        List<Group> open = new ArrayList<>(List.of(this));
        while (!open.isEmpty()) {
            for (Group g : open.removeLast().after) {
                if (g == other) return true;
                if (!inside.contains(g) && seen.add(g)) open.add(g);
            }
        }
        return false;
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
