package org.chainrule.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.chainrule.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aThreadThatWasInterruptedWritesAndStaysInterrupted() throws IOException {
        Path file = folder.resolve("a.txt");
        Thread.currentThread().interrupt();
        try {
            AtomicFile.writeText(file, "whole");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(file).hasContent("whole");
    }

    @Test
    void anInterruptThatComesWhileItWritesLosesNothing() throws IOException {
        Path file = folder.resolve("a.txt");
        int[] attempts = {0};
        try {
            AtomicFile.write(file, channel -> {
                channel.write(StandardCharsets.UTF_8.encode("who"));
                if (attempts[0]++ == 0) Thread.currentThread().interrupt();
                channel.write(StandardCharsets.UTF_8.encode("le"));
            });
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(file).hasContent("whole");
        assertThat(attempts[0]).isEqualTo(2);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void contentThatFailsLeavesTheFileAsItWas() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "before");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
            channel.write(StandardCharsets.UTF_8.encode("half"));
            throw new IOException("no more");
        })).isInstanceOf(StorageException.class).hasMessageContainingAll(file.toString(), "no more");
        assertThat(file).hasContent("before");
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }
}
