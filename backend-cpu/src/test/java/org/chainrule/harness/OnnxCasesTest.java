package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chainrule.harness.OnnxFiles.elements;
import static org.chainrule.harness.OnnxFiles.field;
import static org.chainrule.harness.OnnxFiles.integer;
import static org.chainrule.harness.OnnxFiles.join;
import static org.chainrule.harness.OnnxFiles.model;
import static org.chainrule.harness.OnnxFiles.node;
import static org.chainrule.harness.OnnxFiles.tensor;
import static org.chainrule.harness.OnnxFiles.varint;
import static org.chainrule.harness.OnnxFiles.write;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.chainrule.InvalidArgumentException;
import org.chainrule.harness.onnx.OnnxCases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The family itself: right folders pass, each kind of wrong one is caught, and what is not known is listed with its reason. */
final class OnnxCasesTest {
    private static final int[] TWO = {2};
    private static final byte[] EXP = model(List.of("x"), List.of("y"), node("Exp", List.of("x"), List.of("y")));
    private static final byte[] X = tensor(TWO, 0f, 1f), Y = tensor(TWO, 1f, (float) Math.E);

    @TempDir
    Path folder;
    private int folders;

    private List<Result> run(Optional<Path> in) {
        return run(in, Substitution.NONE);
    }

    private List<Result> run(Optional<Path> in, Substitution substitution) {
        OnnxCases family = new OnnxCases(in, substitution);
        try (Target target = Target.of("cpu")) {
            Options options = new Options(Options.SEED, "", "", Optional.empty(), in, 0);
            Conformance suite = Conformance.of(target, options, List.of(family));
            return suite.cases(family).map(suite::run).toList();
        }
    }

    private Result of(byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
        Path fresh = folder.resolve("folder" + folders++);
        write(fresh.resolve("test_case"), model, inputs, outputs);
        return run(Optional.of(fresh)).getFirst();
    }

    private Verdict verdict(byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
        return of(model, inputs, outputs).verdict();
    }

    @Test
    void rightFolderPassesUnderItsNameAndOp() {
        Case c = of(EXP, List.of(X), List.of(Y)).subject();
        assertThat(c.name()).isEqualTo("onnx/test_case");
        assertThat(c.op()).isEqualTo("exp");
        assertThat(verdict(EXP, List.of(X), List.of(Y))).isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void gradientsAreComparedToo() {
        Verdict.Pass pass = (Verdict.Pass) verdict(EXP, List.of(X), List.of(Y));
        assertThat(pass.evidence().accuracy()).hasSize(2);
    }

    @Test
    void wrongRecordIsCaughtAndToldWithItsPlace() {
        assertThat(verdict(EXP, List.of(X), List.of(tensor(TWO, 1f, 2.722f)))).isInstanceOf(Verdict.Fail.class)
                .asString().contains("output.0[1]", "recorded 2.7219", "2.71828");
        assertThat(verdict(EXP, List.of(X), List.of(tensor(TWO, 1f, Float.NaN)))).isInstanceOf(Verdict.Fail.class);
        assertThat(verdict(EXP, List.of(X), List.of(tensor(TWO, 1f, Float.POSITIVE_INFINITY))))
                .isInstanceOf(Verdict.Fail.class);
        assertThat(verdict(EXP, List.of(X), List.of(tensor(new int[] {2, 1}, 1f, (float) Math.E))))
                .isInstanceOf(Verdict.Fail.class).asString().contains("F32[2]", "recorded F32[2, 1]");
        assertThat(verdict(EXP, List.of(X), List.of(tensor(TWO, 1L, 3L)))).isInstanceOf(Verdict.Fail.class).asString()
                .contains("recorded I64");
        assertThat(verdict(EXP, List.of(X), List.of())).isInstanceOf(Verdict.Fail.class).asString()
                .contains("1 outputs, 0 recorded");
    }

    @Test
    void wholeNumbersAreComparedExactly() {
        byte[] same = model(List.of("x"), List.of("y"), node("Identity", List.of("x"), List.of("y")));
        long big = (1L << 62) + 1;
        assertThat(verdict(same, List.of(tensor(TWO, big, -3L)), List.of(tensor(TWO, big, -3L))))
                .isInstanceOf(Verdict.Pass.class);
        assertThat(verdict(same, List.of(tensor(TWO, big, -3L)), List.of(tensor(TWO, big - 1, -3L))))
                .isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void nodesRunInOrderAndShapesMayBeComputed() {
        byte[] flat = model(List.of("x"), List.of("y"), node("Shape", List.of("x"), List.of("s")),
                node("ReduceProd", List.of("s"), List.of("n"), integer("keepdims", 1)),
                node("Constant", List.of(), List.of("one"), elements("value", tensor(new int[] {1}, 1L))),
                node("Concat", List.of("one", "n"), List.of("to"), integer("axis", 0)),
                node("Reshape", List.of("x", "to"), List.of("y")));
        float[] v = {1, 2, 3, 4, 5, 6};
        Result r = of(flat, List.of(tensor(new int[] {2, 3}, v)), List.of(tensor(new int[] {1, 6}, v)));
        assertThat(r.subject().op()).isEqualTo("graph");
        assertThat(r.verdict()).isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void leftOutInputIsNone() {
        byte[] clip = model(List.of("x", "hi"), List.of("y"), node("Clip", List.of("x", "", "hi"), List.of("y")));
        assertThat(verdict(clip, List.of(tensor(TWO, -5f, 5f), tensor(new int[0], 1f)),
                List.of(tensor(TWO, -5f, 1f)))).isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void whatIsNotKnownIsListedWithItsName() {
        byte[] op = model(List.of("x"), List.of("y"), node("Frobnicate", List.of("x"), List.of("y")));
        assertThat(verdict(op, List.of(X), List.of(Y))).isEqualTo(new Verdict.Unsupported("op Frobnicate"));
        byte[] attribute = model(List.of("x"), List.of("y"),
                node("Exp", List.of("x"), List.of("y"), integer("base", 2)));
        assertThat(verdict(attribute, List.of(X), List.of(Y)))
                .isEqualTo(new Verdict.Unsupported("Exp: attribute base"));
        byte[] bytes = tensor(OnnxFiles.UINT8, TWO, field(9, new byte[] {1, 2}));
        assertThat(verdict(EXP, List.of(bytes), List.of(bytes)))
                .isEqualTo(new Verdict.Unsupported("element type UINT8"));
        byte[] mode = model(List.of("x"), List.of("y"), node("Gelu", List.of("x"), List.of("y"),
                join(field(1, "approximate"), field(4, "sometimes"), field(20, 3))));
        assertThat(verdict(mode, List.of(X), List.of(Y)))
                .isEqualTo(new Verdict.Unsupported("Gelu: approximate 'sometimes'"));
        byte[] sequence = join(field(7, join(field(1, node("Exp", List.of("x"), List.of("y"))),
                field(11, join(field(1, "x"), field(2, field(4, new byte[0])))))), field(8, field(2, 21)));
        assertThat(verdict(sequence, List.of(X), List.of(Y)))
                .isEqualTo(new Verdict.Unsupported("a sequence, 'x'"));
    }

    @Test
    void anArgumentThatAnOpRefusesIsAFailure() {
        write(folder.resolve("test_case"), EXP, List.of(X), List.of(Y));
        Substitution refusing = (_, _) -> _ -> {
            throw new InvalidArgumentException("exp: dtype F32 is not a float type");
        };
        assertThat(run(Optional.of(folder), refusing).getFirst().verdict()).isInstanceOf(Verdict.Fail.class).asString()
                .contains("exp: dtype F32 is not a float type");
    }

    /** The difference is less than the rounding of exp, so that its reciprocal may be any number. */
    @Test
    void aRecordThatTheDeviceMayMissByAnyAmountIsVacuous() {
        float c = (float) Math.E, y = (float) (1 / (Math.E - c));
        byte[] cancelling = model(List.of("x", "c"), List.of("y"), node("Exp", List.of("x"), List.of("e")),
                node("Sub", List.of("e", "c"), List.of("d")), node("Reciprocal", List.of("d"), List.of("y")));
        assertThat(verdict(cancelling, List.of(tensor(TWO, 1f, 1f), tensor(TWO, c, c)), List.of(tensor(TWO, y, y))))
                .isInstanceOf(Verdict.Vacuous.class);
    }

    @Test
    void cutOffFilesAreRefusedWithFileAndOffset() {
        for (int n = 0; n < EXP.length; n++) {
            Verdict v = verdict(Arrays.copyOf(EXP, n), List.of(X), List.of(Y));
            assertThat(v).as("model cut to %d bytes", n).isInstanceOf(Verdict.Fail.class);
            assertThat(v.toString()).contains("DataFormatException");
        }
        for (int n = 0; n < X.length; n++) {
            Verdict v = verdict(EXP, List.of(Arrays.copyOf(X, n)), List.of(Y));
            assertThat(v).as("input cut to %d bytes", n).isNotInstanceOf(Verdict.Pass.class);
            if (v instanceof Verdict.Fail(String what))
                assertThat(what).contains("DataFormatException", "input_0.pb", "at byte");
        }
    }

    @Test
    void foreignFilesAreRefused() {
        List<byte[]> broken = List.of(
                // an integer where the graph should be, a length beyond the end and beyond any, no field, a wire type there is not
                field(7, 5), join(varint(7 << 3 | 2), varint(1_000_000)), join(varint(7 << 3 | 2), varint(-1L)),
                new byte[] {0, 0}, join(varint(99 << 3 | 3), EXP),
                // an integer that does not end
                new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                "PK\3\4 a zip file".getBytes(StandardCharsets.US_ASCII));
        for (byte[] b : broken)
            assertThat(verdict(b, List.of(X), List.of(Y))).isInstanceOf(Verdict.Fail.class).asString()
                    .contains("DataFormatException", "model.onnx", "at byte", "expected");
    }

    @Test
    void elementsMustFitTheShape() {
        for (byte[] wrong : List.of(tensor(new int[] {3}, 1f, 2f), tensor(new int[] {3}, 1L, 2L),
                tensor(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE}, 1f), tensor(new int[] {-1}, 1f)))
            assertThat(verdict(EXP, List.of(wrong), List.of(Y))).isInstanceOf(Verdict.Fail.class).asString()
                    .contains("DataFormatException", "input_0.pb", "at byte");
    }

    @Test
    void folderWithoutRecordsIsVacuous() {
        write(folder.resolve("test_case"), EXP, List.of(), List.of());
        assertThat(folder.resolve("test_case/test_data_set_0").toFile().delete()).isTrue();
        assertThat(run(Optional.of(folder)).getFirst().verdict()).isInstanceOf(Verdict.Vacuous.class);
    }
}
