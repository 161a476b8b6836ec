package org.chainrule.cli.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RunReportTest {
    private static final String HOSTILE =
            "</title><script>alert('&\"1\"')</script>\u0000\u001b[31m\ud800 <img src=x onerror=y>";

    private static Document parsed(String html) throws Exception {
        var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(html)));
    }

    static List<String> demoNames() {
        return List.copyOf(ReportDemo.runs().sequencedKeySet());
    }

    private static String report(String demo) {
        return RunReport.html(Objects.requireNonNull(ReportDemo.runs().get(demo)));
    }

    private static Run bare(List<String> layers, List<Epoch> epochs) {
        return new Run("bare", "verdict", new LinkedHashMap<>(), new LinkedHashMap<>(), Part.VALIDATION, layers, epochs,
                List.of(), List.of());
    }

    private static Epoch epoch(int number, double loss, Double... norms) {
        return new Epoch(number, loss, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, 1, 10, List.of(norms));
    }

    @ParameterizedTest
    @MethodSource("demoNames")
    void everyTagIsClosed(String demo) throws Exception {
        assertEquals("html", parsed(report(demo)).getDocumentElement().getTagName());
    }

    @ParameterizedTest
    @MethodSource("demoNames")
    void drawingsHoldOnlyFiniteCoordinates(String demo) throws Exception {
        var elements = parsed(report(demo)).getElementsByTagName("*");
        for (int i = 0; i < elements.getLength(); i++) {
            var attributes = elements.item(i).getAttributes();
            for (int a = 0; a < attributes.getLength(); a++) {
                var attribute = attributes.item(a);
                if (!List.of("aria-label", "alt", "content").contains(attribute.getNodeName())) {
                    assertFalse(Pattern.compile("NaN|Infinity|∞|null").matcher(attribute.getNodeValue()).find(),
                            elements.item(i).getNodeName() + " " + attribute);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("demoNames")
    void nothingIsLoadedFromTheNetwork(String demo) {
        assertFalse(Pattern.compile("https?:|@import|url\\(|<link|src=\"(?!data:)").matcher(report(demo)).find());
    }

    @ParameterizedTest
    @MethodSource("demoNames")
    void everyPictureHasWords(String demo) throws Exception {
        var images = parsed(report(demo)).getElementsByTagName("img");
        for (int i = 0; i < images.getLength(); i++) {
            assertFalse(images.item(i).getAttributes().getNamedItem("alt").getNodeValue().isBlank());
        }
        var drawings = parsed(report(demo)).getElementsByTagName("svg");
        for (int i = 0; i < drawings.getLength(); i++) {
            var attributes = drawings.item(i).getAttributes();
            assertTrue(attributes.getNamedItem("aria-label") != null || attributes.getNamedItem("aria-hidden") != null);
        }
    }

    @Test
    void everyStringIsEscaped() throws Exception {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        settings.put(HOSTILE, HOSTILE);
        SequencedMap<String, Double> features = new LinkedHashMap<>();
        features.put(HOSTILE, 1.0);
        var classes = List.of(HOSTILE, "b");
        var image = GrayImage.scaled(1, new float[] {1});
        var run = new Run(HOSTILE, HOSTILE, settings, settings, Part.TEST, List.of(HOSTILE),
                List.of(epoch(1, 1, 1.0), epoch(2, 1, 1.0)),
                List.of(new Outcome.Classification(ConfusionMatrix.of(classes, new int[] {0, 1}, new int[] {1, 1}),
                        List.of(new Mistake(image, HOSTILE, HOSTILE, 0.5),
                                new Mistake(new Input.Features(features), HOSTILE, HOSTILE, 0.5))),
                        new Outcome.Regression(HOSTILE, List.of(new Outcome.Prediction(1, 2))),
                        new Outcome.Generation(HOSTILE, HOSTILE)),
                List.of(new Section(HOSTILE, List.of(new Section.Lines(List.of(HOSTILE)),
                        new Section.Numbers(HOSTILE, List.of(HOSTILE), List.of(HOSTILE), List.of(List.of(1.0)))))));
        var document = parsed(RunReport.html(run));
        assertEquals(1, document.getElementsByTagName("script").getLength());
        var images = document.getElementsByTagName("img");
        assertEquals(1, images.getLength());
        assertTrue(images.item(0).getAttributes().getNamedItem("onerror") == null);
    }

    @Test
    void sectionsWithoutDataAreLeftOut() {
        var nothing = report("nothing");
        for (var heading : List.of("Loss", "Settings", "Accuracy", "Gradient norms", "Learning rate",
                "Confusion matrix",
                "Worst mistakes", "Predicted and true", "Generated text", "Step by step", "All epochs")) {
            assertFalse(nothing.contains(">" + heading), heading);
        }
        assertTrue(report("digits").contains(">Confusion matrix<"));
        assertTrue(report("digits").contains(">Step by step<"));
        assertTrue(report("regression").contains(">Predicted and true<"));
        assertTrue(report("text").contains(">Generated text<"));
        assertFalse(report("text").contains(">Accuracy<"));
    }

    @Test
    void aConstantLearningRateHasNoCurve() {
        assertTrue(report("digits").contains(">Learning rate<"));
        assertFalse(report("iris").contains(">Learning rate<"));
    }

    @Test
    void valuesThatAreNotFiniteAreGapsWithANote() {
        var html = RunReport.html(bare(List.of(), List.of(epoch(1, 3), epoch(2, 2), epoch(3, Double.NaN),
                epoch(4, Double.POSITIVE_INFINITY), epoch(5, 2), epoch(6, 1))));
        assertTrue(html.contains("Not a finite number in 2 epochs, the first of them 3: Training loss."), html);
        assertEquals(2, Pattern.compile("<path class=\"curve train\"").matcher(html).results().count());
    }

    @Test
    void aRunWithoutAnyFiniteLossIsStillReported() throws Exception {
        var html = RunReport.html(bare(List.of(), List.of(epoch(1, Double.NaN), epoch(2, Double.NaN))));
        parsed(html);
        assertTrue(html.contains("never a finite number"));
    }

    @Test
    void theBestEpochHasTheLowestValidationLoss() {
        var epochs =
                IntStream.rangeClosed(1, 5).mapToObj(e -> new Epoch(e, 1.0 / e, OptionalDouble.of(Math.abs(e - 3) + 1),
                        OptionalDouble.empty(), 0.1, 1, 10, List.of())).toList();
        var run = bare(List.of(), epochs);
        assertEquals(3, run.best().orElseThrow().number());
        assertTrue(RunReport.html(run).contains(">best: epoch 3<"));
        assertTrue(RunReport.html(run).contains("began to overfit"));
    }

    private static Run monitored(Part part, double... losses) {
        SequencedMap<String, String> results = new LinkedHashMap<>();
        results.put("test accuracy", "93.3 %");
        var epochs = IntStream.range(0, losses.length).mapToObj(e -> new Epoch(e + 1, 1.0, OptionalDouble.of(losses[e]),
                OptionalDouble.of(0.5), 0.1, 2, 10, List.of())).toList();
        return new Run("run", "verdict", results, new LinkedHashMap<>(), part, List.of(), epochs, List.of(), List.of());
    }

    @Test
    void nothingIsChosenByTheTestPart() {
        var run = monitored(Part.TEST, 2, 1, 1.5);
        assertTrue(run.best().isEmpty());
        var html = RunReport.html(run);
        assertTrue(html.contains("Test loss 1.5 at the end."), html);
        assertTrue(html.contains(">test loss<"), html);
        assertFalse(html.toLowerCase(Locale.ROOT).contains("validation loss"), html);
        assertFalse(html.contains("best: epoch"), html);
    }

    @Test
    void theFinalResultLeadsAndTheBestEpochIsNamedForItsPart() {
        var html = RunReport.html(monitored(Part.VALIDATION, 2, 1, 1.5));
        var figures = html.substring(html.indexOf("<ul class=\"figures\""));
        assertTrue(figures.indexOf("93.3 %") < figures.indexOf("lowest validation loss, epoch 2"), figures);
        assertTrue(figures.contains("<b>6.0 s</b><span>in training steps</span>"), figures);
        assertTrue(figures.contains("<b>10</b><span>samples per second in them</span>"), figures);
    }

    @Test
    void lossesOnTheTrainingDataAreCalledNeitherTestNorValidation() {
        var html = RunReport.html(monitored(Part.TRAINING, 2, 1));
        assertTrue(html.contains("Evaluation loss 1 at the end."), html);
        assertTrue(html.contains("of the training samples are right"), html);
        assertFalse(html.contains("alidation loss") || html.contains("est loss"), html);
    }

    @Test
    void theSpeedIsOfAllSamplesInAllSeconds() {
        var speed = Speed.of(List.of(new Epoch(1, 1, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, 3, 100,
                List.of()), new Epoch(2, 1, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, 1, 300, List.of())));
        assertEquals(new Speed(4, 150), speed);
        assertTrue(Double.isNaN(Speed.of(List.of()).samplesPerSecond()));
    }

    @Test
    void theLossScaleIsLogarithmicWhenTheRangeAsks() {
        assertTrue(RunReport.html(bare(List.of(), List.of(epoch(1, 100), epoch(2, 0.01)))).contains("loss (log)"));
        assertFalse(RunReport.html(bare(List.of(), List.of(epoch(1, 10), epoch(2, 1)))).contains("loss (log)"));
        assertFalse(RunReport.html(bare(List.of(), List.of(epoch(1, 10), epoch(2, -1)))).contains("loss (log)"));
    }

    @Test
    void thousandsOfEpochsStaySmall() throws Exception {
        var epochs = IntStream.rangeClosed(1, 20_000).mapToObj(e -> epoch(e, Math.exp(-e / 4000.0), 1.0, 2.0)).toList();
        var html = RunReport.html(bare(List.of("a", "b"), epochs));
        parsed(html);
        assertTrue(html.length() < 400_000, html.length() + " characters");
    }

    @Test
    void theSameRunGivesTheSameText() {
        assertEquals(report("digits"), report("digits"));
    }

    @Test
    void writingReplacesTheFileAsAWholeAndLeavesNothingBeside(@TempDir Path folder) throws IOException {
        var file = folder.resolve("report.html");
        RunReport.write(bare(List.of(), List.of()), file);
        RunReport.write(ReportDemo.digits(), file);
        assertEquals(RunReport.html(ReportDemo.digits()), Files.readString(file));
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void aFailureIsAStorageExceptionAndKeepsWhatWasThere(@TempDir Path folder) throws IOException {
        var occupied = Files.createDirectories(folder.resolve("report.html/inside"));
        assertThrows(StorageException.class, () -> RunReport.write(ReportDemo.digits(), folder.resolve("report.html")));
        assertTrue(Files.exists(occupied));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void normsMustMatchTheLayers() {
        assertThrows(InvalidArgumentException.class, () -> bare(List.of("a"), List.of(epoch(1, 1, 1.0, 2.0))));
    }

    @Test
    void gradientsAreDiagnosed() {
        assertEquals(GradientVerdict.State.HEALTHY, verdict(0.5, 2.0).state());
        var vanishing = verdict(1e-7, 1.0);
        assertEquals(GradientVerdict.State.VANISHING, vanishing.state());
        assertTrue(vanishing.sentence().contains("'deep.first'"), vanishing.sentence());
        assertEquals(GradientVerdict.State.VANISHING, verdict(0.0, 1.0).state());
        var exploding = verdict(1.0, 5000.0);
        assertEquals(GradientVerdict.State.EXPLODING, exploding.state());
        assertTrue(exploding.sentence().contains("'last'"), exploding.sentence());
        assertEquals(GradientVerdict.State.EXPLODING, verdict(Double.NaN, 1.0).state());
    }

    /** Of a run whose norms stay as they are. */
    private static GradientVerdict verdict(double first, double last) {
        var epochs = IntStream.rangeClosed(1, 6).mapToObj(number -> epoch(number, 1, first, last)).toList();
        return GradientVerdict.of(bare(List.of("deep.first", "last"), epochs));
    }

    @Test
    void pngsAreReadBackPixelByPixel() throws IOException {
        var image = GrayImage.scaled(3, new float[] {-1, 0, 1, 0.5f, Float.NaN, -1});
        var read = ImageIO.read(new ByteArrayInputStream(Png.encode(image)));
        assertEquals(3, read.getWidth());
        assertEquals(2, read.getHeight());
        assertArrayEquals(new int[] {0, 128, 255, 191, 0, 0}, read.getRaster().getPixels(0, 0, 3, 2, new int[6]));
    }

    @Test
    void imagesMustBeWholeRows() {
        assertThrows(InvalidArgumentException.class, () -> GrayImage.scaled(3, new float[4]));
        assertThrows(InvalidArgumentException.class, () -> GrayImage.scaled(3, new float[0]));
    }

    @Test
    void numbersReadTheSameEverywhere() {
        assertEquals("0.07123", Format.number(0.071234));
        assertEquals("3.2×10⁻⁷", Format.number(3.2e-7));
        assertEquals("10⁸", Format.number(1e8));
        assertEquals("−1,234", Format.number(-1234.4));
        assertEquals("NaN", Format.number(Double.NaN));
        assertEquals("−∞", Format.number(Double.NEGATIVE_INFINITY));
        assertEquals("100\u202f%", Format.percent(1));
        assertEquals("99.9\u202f%", Format.percent(0.99999));
        assertEquals("4 min 05 s", Format.duration(245));
    }
}
