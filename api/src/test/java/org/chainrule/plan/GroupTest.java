package org.chainrule.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.chainrule.Shape;
import org.junit.jupiter.api.Test;

class GroupTest {
    private final Precedence precedence = new Precedence();

    private Group group() {
        return new Group(Optional.empty(), Shape.SCALAR, precedence);
    }

    /** By its definition: one step, or one step and then more. */
    private static boolean leads(Group goal, Group from) {
        return from.before().stream().anyMatch(g -> g == goal || leads(goal, g));
    }

    private static boolean leadsByAnother(Group goal, Group from) {
        return from.before().stream().anyMatch(g -> g != goal && leads(goal, g));
    }

    @Test
    void whatMustRunBeforeWhatIsKnownWhileGroupsFollowAndReplaceOthers() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Group> groups = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                if (groups.size() < 12) groups.add(group());
                Group a = groups.get(random.nextInt(groups.size())), b = groups.get(random.nextInt(groups.size()));
                if (a != b && random.nextInt(4) == 0 && !leadsByAnother(a, b) && !leadsByAnother(b, a)) {
                    a.replace(b);
                    groups.remove(b);
                } else if (!leads(a, b)) {
                    a.follow(b);
                }
                requireKnown(seed, groups, random);
            }
        }
    }

    private static void requireKnown(long seed, List<Group> groups, Random random) {
        for (int i = 0; i < 30; i++) {
            Group a = groups.get(random.nextInt(groups.size())), b = groups.get(random.nextInt(groups.size()));
            assertEquals(leads(b, a), a.isAfter(b), () -> "seed " + seed);
            assertEquals(leadsByAnother(b, a), a.isAfterByWayOf(b), () -> "seed " + seed);
        }
    }

    @Test
    void whatAGroupFollowsAfterASearchIsFound() {
        Group first = group(), second = group(), last = group(), other = group();
        second.follow(first);
        last.follow(other);
        assertFalse(last.isAfter(first));
        last.follow(second);
        assertTrue(last.isAfter(first));
    }

    @Test
    void aGroupThatReplacesAnotherRunsBetweenItsNeighbours() {
        Group first = group(), middle = group(), last = group(), replacement = group();
        middle.follow(first);
        last.follow(middle);
        replacement.replace(middle);
        assertTrue(last.isAfter(replacement));
        assertTrue(replacement.isAfter(first));
        assertFalse(last.before().contains(middle));
    }

    @Test
    void groupsThatWaitForEachOtherAreRefused() {
        Group a = group(), b = group(), c = group();
        b.follow(a);
        c.follow(b);
        assertThrows(IllegalStateException.class, () -> a.follow(c));
    }
}
