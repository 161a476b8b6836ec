package org.example.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.junit.jupiter.api.Test;

class PlainBackendTest {
    @Test
    void isFoundByItsName() {
        try (Session session = Session.open("plain")) {
            assertThat(session.backend()).isEqualTo("plain");
            assertThat(session.tensor(1f, 2f).plus(1).toFloats()).containsExactly(2, 3);
        }
    }

    @Test
    void autoNeverTakesIt() {
        assertThat(Backends.best()).isEmpty();
    }

    @Test
    void whereABackendIsNotThereItsModuleIsAskedFor() {
        assertThatThrownBy(() -> Session.open("cuda")).isInstanceOf(BackendUnavailableException.class)
                .hasMessageStartingWith(
                        "there is no backend 'cuda' on the class path, where each module chainrule-backend-NAME brings its own;"
                                + " choose one of these, or auto\n")
                .hasMessageContaining("  plain: ready: ");
    }
}
