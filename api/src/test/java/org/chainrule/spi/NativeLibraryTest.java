package org.chainrule.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aLibraryThatIsNowhereIsNotFound() {
        List<String> names = List.of("libNoSuch.so.7", "libNoSuch.so");
        assertThat(NativeLibrary.find(names, Arena.global())).isEmpty();
        assertThat(NativeLibrary.refusal(names)).isEmpty();
    }

    /** To install it, which is what helps where it is not found, would change nothing. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no dlerror")
    void aLibraryThatIsThereAndDamagedIsNamedWithWhatTheLoaderSaysOfIt() throws IOException {
        String damaged = Files.writeString(folder.resolve("libDamaged.so"), "no library").toString();
        List<String> names = List.of("libNoSuch.so.7", damaged);
        assertThat(NativeLibrary.find(names, Arena.global())).isEmpty();
        assertThat(NativeLibrary.refusal(names).orElseThrow()).startsWith(damaged + " cannot be loaded: ")
                .doesNotEndWith("cannot be loaded: ");
    }
}
