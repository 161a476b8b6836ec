package org.chainrule;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.plan.Plan.Assignment;

/** New values for tensors that live in buffers, which are to be written together: the last one for each. */
record Assignments(Map<Tensor, Tensor> values) {
    static final Assignments NONE = new Assignments(Map.of());

    Assignments {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    Optional<Tensor> of(Tensor target) {
        return Optional.ofNullable(values.get(target));
    }

    /** These followed by {@code later}. */
    Assignments with(Assignments later) {
        if (isEmpty()) return later;
        Map<Tensor, Tensor> all = new LinkedHashMap<>(values);
        all.putAll(later.values);
        return new Assignments(all);
    }

    List<Assignment> list() {
        return values.entrySet().stream().map(e -> new Assignment(e.getKey(), e.getValue())).toList();
    }
}
