package org.chainrule.plan;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which group of a plan must run before which. The last search is kept while it holds, since what follows everything else,
 * such as the norm that gradients are scaled by, is asked about every one of them.
 */
final class Precedence {
    private record Latest(Group from, Search search) {}

    private Optional<Latest> latest = Optional.empty();

    /** Forgets what was found where it may not hold any more: {@code g} follows one more group. */
    void changed(Group g) {
        if (!g.after().isEmpty() || latest.filter(l -> l.from == g).isPresent()) latest = Optional.empty();
    }

    /** Whether {@code goal} must run before {@code from}. */
    boolean leads(Group goal, Group from) {
        if (from.level() <= goal.level() || goal.after().isEmpty()) return false;
        Latest l = latest.filter(x -> x.from == from).orElseGet(() -> new Latest(from, new Search(List.of(from))));
        latest = Optional.of(l);
        return l.search.finds(goal);
    }

    /** Groups before some others, found as they are asked for: from the lowest level above the goal's, which is nearest to it. */
    static final class Search {
        private final Set<Group> found = new HashSet<>();
        private final TreeMap<Integer, Deque<Group>> open = new TreeMap<>();

        Search(Collection<Group> from) {
            from.forEach(this::open);
        }

        private void open(Group g) {
            open.computeIfAbsent(g.level(), _ -> new ArrayDeque<>()).add(g);
        }

        boolean finds(Group goal) {
            for (var near = open.higherEntry(goal.level()); near != null && !found.contains(goal); near =
                    open.higherEntry(goal.level())) {
                Group g = near.getValue().remove();
                if (near.getValue().isEmpty()) open.remove(near.getKey());
                for (Group before : g.before()) if (found.add(before)) open(before);
            }
            return found.contains(goal);
        }
    }
}
