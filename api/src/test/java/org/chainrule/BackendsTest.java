package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** With this module alone on the class path. */
class BackendsTest {
    @Test
    void withoutAnyBackendADependencyIsAskedFor() {
        assertEquals(List.of(), Backends.all());
        for (String spec : List.of("auto", "cpu", "opencl:1")) {
            String told = assertThrows(BackendUnavailableException.class, () -> Backends.open(spec)).getMessage();
            assertEquals(
                    "no backend is on the class path\n  remedy: add one as a dependency at run time, of the version"
                            + " of chainrule-api; the README shows how",
                    told);
        }
    }
}
