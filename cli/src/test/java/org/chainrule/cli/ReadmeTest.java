package org.chainrule.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what happens. */
class ReadmeTest {
    @Test
    void xorProgramPrintsWhatTheReadmeSays(@TempDir Path folder) throws IOException, InterruptedException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String program = block(readme, "```java\nimport static");
        String printed = block(readme, "```\nloss ");
        Path file = Files.writeString(folder.resolve("Xor.java"), program);
        Process java = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), file.toString())).redirectErrorStream(true).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), output);
        assertEquals(printed.strip(), output.strip());
    }

    /** The fenced block that begins with {@code start}. */
    private static String block(String text, String start) {
        int from = text.indexOf(start) + start.indexOf('\n') + 1;
        return text.substring(from, text.indexOf("```", from));
    }
}
