package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.chainrule.io.Json;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the file, and when. */
class ChromeTraceTest {
    @TempDir
    private Path folder = Path.of("");

    private static Activity kernel(String ops) {
        return new Activity(Kind.KERNEL, new Kernel.Label(ops, Origin.UNKNOWN), 8, System.nanoTime(), 1234);
    }

    private static Map<String, Json> read(Path file) throws IOException {
        return Json.parse(file.toString(), Files.readString(file)).asObject();
    }

    private static List<Json> events(Path file) throws IOException {
        return read(file).get("traceEvents").asArray();
    }

    @Test
    void theFileIsWholeFromItsBeginningAndAfterEachPiece() throws IOException {
        Path file = folder.resolve("t.json");
        ChromeTrace trace = new ChromeTrace(file, 5000);
        assertEquals(List.of(), events(file));
        int most = 0;
        for (int i = 0; i < 3000; i++) {
            trace.add(1, kernel("add"));
            if (i % 100 == 0) {
                int there = events(file).size();
                assertTrue(most <= there && there <= i + 1);
                most = there;
            }
        }
        assertTrue(most > 0, "pieces are written on the way");
        trace.flush();
        assertEquals(3000, events(file).size());
        assertEquals(0, read(file).get("otherData").asObject().get("left_out").asLong());
    }

    @Test
    void namesAreQuotedAndTimesKeepTheirDigits() throws IOException {
        Path file = folder.resolve("t.json");
        ChromeTrace trace = new ChromeTrace(file, 10);
        int process = trace.process();
        trace.name(process, "a \"device\"\n\\ é");
        trace.add(process, kernel("add\t\"\\"));
        trace.flush();
        assertEquals("a \"device\"\n\\ é",
                events(file).getFirst().asObject().get("args").asObject().get("name").asString());
        assertEquals("add\t\"\\", events(file).getLast().asObject().get("name").asString());
        assertEquals("kernel", events(file).getLast().asObject().get("cat").asString());
        assertEquals(1.234, events(file).getLast().asObject().get("dur").asDouble());
    }

    @Test
    void eventsBeyondTheMostAreCountedInTheFile() throws IOException {
        Path file = folder.resolve("t.json");
        ChromeTrace trace = new ChromeTrace(file, 10);
        for (int i = 0; i < 25; i++) trace.add(1, kernel("add"));
        trace.flush();
        assertEquals(10, events(file).size());
        assertEquals(15, read(file).get("otherData").asObject().get("left_out").asLong());
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedWithItsReason() {
        Path missing = folder.resolve("no").resolve("t.json");
        String told = assertThrows(StorageException.class, () -> ChromeTrace.of(missing)).getMessage();
        assertTrue(told.contains(missing + ": no such file or folder"), told);
        assertThrows(StorageException.class, () -> ChromeTrace.of(folder));
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        assertTrue(
                assertThrows(StorageException.class, () -> ChromeTrace.of(full)).getMessage().contains("disk is full"));
    }

    @Test
    void aFileThatGoesAwayDoesNotDisturbTheRun() throws IOException {
        Path file = folder.resolve("t.json");
        ChromeTrace trace = new ChromeTrace(file, 10);
        trace.add(1, kernel("add"));
        Files.delete(file);
        trace.flush();
        trace.add(1, kernel("add"));
        trace.flush();
        assertTrue(Files.notExists(file));
    }

    @Test
    void whoNamesTheSameFileAddsToIt() {
        Path file = folder.resolve("t.json");
        ChromeTrace trace = ChromeTrace.of(file);
        assertEquals(trace, ChromeTrace.of(folder.resolve("x").resolve("..").resolve("t.json")));
        assertEquals(trace.process() + 1, trace.process());
    }
}
