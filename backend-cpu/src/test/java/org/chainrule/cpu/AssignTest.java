package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import org.chainrule.Backends;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.DeviceFilter;
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

    /** A device with a queue: what is wrong with the data is told by the next call that waits. */
    private static Session queued() {
        return Session.on("queued", new DeviceFilter(Backends.open("cpu").device()) {
            private Optional<InvalidArgumentException> wrong = Optional.empty();

            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] streams) {
                        try {
                            e.run(buffers, streams);
                        } catch (InvalidArgumentException found) {
                            wrong = Optional.of(found);
                        }
                    }

                    @Override
                    public void close() {
                        e.close();
                    }
                };
            }

            @Override
            public void download(Buffer from, MemorySegment host) {
                Optional<InvalidArgumentException> told = wrong;
                wrong = Optional.empty();
                if (told.isPresent()) throw told.get();
                super.download(from, host);
            }
        });
    }

    /** The look-up runs before the kernel that writes, so a device that fails at once would not get that far. */
    @Test
    void aCommitThatFailsLateMakesNoAssignment() {
        try (Session session = queued()) {
            Tensor p = session.tensor(1f, 2f), missing = session.tensor(7L);
            Tensor element = session.tensor(10f, 20f).gather(0, missing);
            session.assign(p, p.plus(element.sum()));
            assertThatThrownBy(session::commit).isInstanceOf(InvalidArgumentException.class);
            session.assign(p, p.times(1));
            assertThat(p.toFloats()).containsExactly(1, 2);
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
