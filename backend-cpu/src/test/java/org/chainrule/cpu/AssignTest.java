package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** {@code q} takes an element that is not there; {@code p} and {@code r}, beside it, could be written. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void aCommitThatFailsMakesNoAssignmentAndLosesNone(String backend) {
        try (Session session = Session.open(backend)) {
            Tensor p = session.tensor(1f), q = session.tensor(2f), r = session.tensor(3f);
            Tensor table = session.tensor(10f, 20f), missing = session.tensor(7L), all = Tensor.concat(0, p, q, r);
            session.assign(p, p.plus(100));
            session.assign(q, table.gather(0, missing));
            session.assign(r, r.plus(100));
            assertThatThrownBy(session::commit).isInstanceOf(InvalidArgumentException.class);
            assertThat(session.assigned(p)).isPresent();
            assertThat(session.assigned(q)).isPresent();
            session.assign(q, all.sum().reshape(1));
            session.commit();
            assertThat(Tensor.concat(0, p, q, r).toFloats()).containsExactly(101, 6, 103);
        }
    }

    @Test
    void assignmentsThatAreHandedToAFailingCommitAreNotMadeLater() {
        try (Session session = Session.open("cpu")) {
            Tensor p = session.tensor(1f), q = session.tensor(2f), missing = session.tensor(7L);
            session.assign(p, p.plus(1));
            Tensor bad = session.tensor(10f, 20f).gather(0, missing);
            assertThatThrownBy(() -> session.commit(Map.of(q, q.times(2)), bad))
                    .isInstanceOf(InvalidArgumentException.class);
            assertThat(session.assigned(q)).isEmpty();
            assertThat(q.item()).isEqualTo(2);
            assertThat(p.item()).isEqualTo(2);
        }
    }

    @Test
    void theCheckForNaNStopsACommitBeforeAnythingIsWritten() {
        String before = System.getProperty("chainrule.check", "");
        System.setProperty("chainrule.check", "nan");
        try (Session session = Session.open("cpu")) {
            Tensor p = session.tensor(1f), q = session.tensor(0f);
            session.assign(p, p.plus(1));
            session.assign(q, q.log());
            assertThatThrownBy(session::commit).isInstanceOf(NonFiniteException.class);
            session.assign(p, p.times(1));
            session.assign(q, q.times(1));
            assertThat(p.item()).isEqualTo(1);
            assertThat(q.item()).isEqualTo(0);
        } finally {
            System.setProperty("chainrule.check", before);
        }
    }

    @Test
    void aCommitOfAnAssignmentKeepsNoMemory() {
        try (Session session = Session.open("cpu")) {
            Tensor p = session.tensor(1f, 2f), index = session.tensor(1L, 0L);
            long before = session.liveBytes();
            session.assign(p, p.gather(0, index));
            session.commit();
            assertThat(p.toFloats()).containsExactly(2, 1);
            assertThat(session.liveBytes()).isEqualTo(before);
        }
    }
}
