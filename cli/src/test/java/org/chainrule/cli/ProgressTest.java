package org.chainrule.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Part;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringBuilder out = new StringBuilder();
    private long nanos = 1_000_000_000_000L;

    private Progress bar(int columns, boolean colour, boolean unicode) {
        return Progress.of(new Terminal(true, colour, unicode, columns), 4, Part.TEST, out::append, () -> nanos);
    }

    private void after(double seconds) {
        nanos += Math.round(seconds * 1e9);
    }

    private static Progress.Batch batch(int epoch, int number) {
        return new Progress.Batch(epoch, number, 10, 32, 0.5);
    }

    private static Epoch epoch(int number) {
        return new Epoch(number, 0.25, OptionalDouble.of(0.5), OptionalDouble.of(0.981), 0.01, 2, 30_300, List.of());
    }

    private String lastLine() {
        return out.substring(out.lastIndexOf("\r") + 1).replaceAll("\u001b\\[[0-9]*[mK]", "");
    }

    @Test
    void barTellsEpochBatchLossThroughputAndTimeLeft() {
        var bar = bar(100, false, false);
        after(2);
        bar.batch(batch(1, 1));
        assertFalse(lastLine().contains("left"), "told while still warming up: " + lastLine());
        after(1);
        bar.batch(batch(1, 2));
        assertEquals("epoch 1/4 =---------------------------  batch  2/10  loss 0.5000  32/s  38s left", lastLine());
    }

    @Test
    void barRedrawsAtMostTenTimesASecond() {
        var bar = bar(80, false, false);
        for (int i = 0; i < 1000; i++) {
            after(0.001);
            bar.batch(batch(1, 1 + i % 10));
        }
        long drawn = out.chars().filter(c -> c == '\r').count();
        assertTrue(drawn >= 9 && drawn <= 11, "drawn " + drawn + " times in a second");
    }

    @Test
    void barShowsWhatTheLastEpochMeasured() {
        var bar = bar(120, false, true);
        bar.epoch(epoch(1));
        after(1);
        bar.batch(batch(2, 5));
        assertTrue(lastLine().contains("test 0.5000  accuracy 98.1%"), lastLine());
        assertTrue(lastLine().contains("━"), lastLine());
    }

    @Test
    void barNeverExceedsTheWidth() {
        for (int columns = 1; columns < 140; columns++) {
            out.setLength(0);
            var bar = bar(columns, true, true);
            bar.epoch(epoch(1));
            after(1);
            bar.batch(batch(2, 5));
            assertTrue(lastLine().length() < columns, columns + ": " + lastLine());
        }
    }

    @Test
    void barIsFullWithTheLastBatch() {
        var bar = bar(80, false, false);
        after(2);
        bar.batch(batch(4, 9));
        after(1);
        bar.batch(batch(4, 10));
        assertFalse(lastLine().contains("-"), lastLine());
        assertTrue(lastLine().endsWith("0s left"), lastLine());
    }

    @Test
    void coloursOnlyWhereWelcome() {
        var bar = bar(80, false, true);
        after(1);
        bar.batch(batch(1, 1));
        assertFalse(out.toString().contains("m━"), "no colour was asked for");
        assertFalse(out.toString().contains("\u001b[0m"));
        var colourful = bar(80, true, true);
        after(1);
        colourful.batch(batch(1, 1));
        assertTrue(out.toString().contains("\u001b[0m"));
    }

    @Test
    void finishReplacesTheBarWithOneLine() {
        var bar = bar(80, true, true);
        after(1);
        bar.batch(batch(1, 1));
        bar.finish("98.1 % right");
        bar.close();
        assertTrue(out.toString().endsWith("\r\u001b[K98.1 % right\n"));
    }

    @Test
    void closeWithoutFinishErasesTheBarOnce() {
        var bar = bar(80, true, true);
        after(1);
        bar.batch(batch(1, 1));
        bar.close();
        int length = out.length();
        bar.close();
        assertEquals(length, out.length());
        assertTrue(out.toString().endsWith("\r\u001b[K"));
    }

    @Test
    void plainLinesAreOnePerEpochInAscii() {
        var lines = Progress.of(new Terminal(false, false, true, 80), 4, Part.TEST, out::append, () -> nanos);
        lines.batch(batch(1, 1));
        after(2);
        lines.epoch(epoch(1));
        after(2);
        lines.epoch(epoch(2));
        lines.epoch(epoch(4));
        lines.finish("done");
        assertEquals("""
                epoch 1/4  loss 0.2500  test loss 0.5000  accuracy 98.1%  30.3k/s
                epoch 2/4  loss 0.2500  test loss 0.5000  accuracy 98.1%  30.3k/s  4s left
                epoch 4/4  loss 0.2500  test loss 0.5000  accuracy 98.1%  30.3k/s
                done
                """, out.toString());
    }

    @Test
    void unmeasuredValuesAreLeftOutOfLines() {
        var lines = Progress.of(new Terminal(false, false, true, 80), 1, Part.TEST, out::append, () -> nanos);
        lines.epoch(new Epoch(1, Double.NaN, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, 1, 400, List.of()));
        assertEquals("epoch 1/1  loss NaN  400/s\n", out.toString());
    }

    @Test
    void terminalIsLiveOnlyWhereALineCanBeDrawnOver() {
        assertTrue(Terminal.of(Map.of("TERM", "xterm"), true, "UTF-8").live());
        assertFalse(Terminal.of(Map.of("TERM", "xterm"), false, "UTF-8").live());
        assertFalse(Terminal.of(Map.of("TERM", "dumb"), true, "UTF-8").live());
        assertFalse(Terminal.of(Map.of("CI", "true"), true, "UTF-8").live());
        assertTrue(Terminal.of(Map.of("CI", "false"), true, "UTF-8").live());
        assertInstanceOf(ProgressLines.class,
                Progress.of(Terminal.of(Map.of(), false, ""), 1, Part.TEST, out::append, () -> 0));
    }

    @Test
    void noColorKeepsTheBarAndDropsItsColour() {
        var terminal = Terminal.of(Map.of("NO_COLOR", "1"), true, "UTF-8");
        assertTrue(terminal.live());
        assertFalse(terminal.colour());
        assertTrue(Terminal.of(Map.of("NO_COLOR", ""), true, "UTF-8").colour());
    }

    @Test
    void columnsComeFromTheEnvironmentOrAreEighty() {
        assertEquals(132, Terminal.of(Map.of("COLUMNS", "132"), true, "").columns());
        for (var bad : List.of("", "0", "-3", "wide", "99999999999")) {
            assertEquals(80, Terminal.of(Map.of("COLUMNS", bad), true, "").columns(), bad);
        }
    }

    private static Pace warm() {
        var pace = new Pace();
        pace.add(1, 2);
        assertFalse(pace.known(), "the first seconds are those of compilers");
        return pace;
    }

    @Test
    void plainLinesOfManyEpochsAreFew() {
        var lines = Progress.of(new Terminal(false, false, true, 80), 1000, Part.TEST, out::append, () -> nanos);
        for (int e = 1; e <= 1000; e++) lines.epoch(epoch(e));
        assertEquals(21, out.toString().lines().count());
        assertTrue(out.toString().startsWith("epoch 1/1000 ") && out.toString().contains("\nepoch 1000/1000 "));
        var slow = Progress.of(new Terminal(false, false, true, 80), 1000, Part.TEST, out::append, () -> nanos);
        out.setLength(0);
        for (int e = 1; e <= 5; e++) {
            after(11);
            slow.epoch(epoch(e));
        }
        assertEquals(5, out.toString().lines().count());
    }

    @Test
    void paceFollowsAChangeSmoothly() {
        var pace = warm();
        pace.add(100, 1);
        assertEquals(100, pace.perSecond());
        pace.add(20, 0.1);
        assertTrue(pace.perSecond() > 100 && pace.perSecond() < 105, "one fast batch moves it little");
        for (int i = 0; i < 300; i++) {
            pace.add(20, 0.1);
        }
        assertEquals(200, pace.perSecond(), 0.1);
    }

    @Test
    void paceDoesNotDependOnHowTimeIsSliced() {
        var fine = warm();
        var coarse = warm();
        fine.add(100, 1);
        coarse.add(100, 1);
        for (int i = 0; i < 20; i++) {
            fine.add(5, 0.1);
        }
        coarse.add(100, 2);
        assertEquals(coarse.perSecond(), fine.perSecond(), 1e-9);
    }

    @Test
    void timeAndThroughputReadWell() {
        assertEquals(List.of("8s left", "4m05s left", "2h07m left"),
                Arrays.stream(new double[] {7.2, 245, 7620}).mapToObj(Progress::timeLeft).toList());
        assertEquals(List.of("850/s", "30.3k/s", "1.2M/s"),
                Arrays.stream(new double[] {850, 30_300, 1.2e6}).mapToObj(Progress::throughput).toList());
    }
}
