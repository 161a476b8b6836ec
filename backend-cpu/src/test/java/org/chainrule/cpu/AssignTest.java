package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.chainrule.Session;
import org.chainrule.Tensor;
import org.junit.jupiter.api.Test;

/** Assignments that wait. */
final class AssignTest {
    @Test
    void assignedValueIsToldUntilItIsGiven() {
        try (Session session = Session.open("reference")) {
            Tensor p = session.tensor(1f), next = p.plus(1);
            assertThat(session.assigned(p)).isEmpty();
            session.assign(p, next);
            assertThat(session.assigned(p)).containsSame(next);
            session.step(() -> {
                assertThat(session.assigned(p)).isEmpty();
                Tensor other = p.times(2);
                session.assign(p, other);
                assertThat(session.assigned(p)).containsSame(other);
                return other;
            });
            assertThat(session.assigned(p)).isEmpty();
            assertThat(p.item()).isEqualTo(2);
        }
    }
}
