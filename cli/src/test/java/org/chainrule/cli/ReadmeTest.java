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
        String printed = block(readme, "```\nloss "), logged = block(readme, "```\nINFO: ");
        Path file = Files.writeString(folder.resolve("Xor.java"), program);
        Path log = folder.resolve("log");
        ProcessBuilder java =
                new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.language=en", "-cp", System.getProperty("java.class.path"), file.toString()))
                        .redirectError(log.toFile());
        java.environment().remove("CHAINRULE_BACKEND");
        Process process = java.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        List<String> errors = Files.readAllLines(log);
        assertEquals(0, status, () -> String.join("\n", errors));
        assertEquals(printed.strip(), output.strip());
        // beside the time and whence: this line and no other
        assertEquals(2, errors.size(), () -> String.join("\n", errors));
        assertEquals(onAnyProcessor(logged), onAnyProcessor(errors.getLast()));
    }

    private static String onAnyProcessor(String line) {
        return line.strip().replaceAll("\\d+ cores?", "N cores");
    }

    /** The fenced block that begins with {@code start}. */
    private static String block(String text, String start) {
        int from = text.indexOf(start) + start.indexOf('\n') + 1;
        return text.substring(from, text.indexOf("```", from));
    }
}
