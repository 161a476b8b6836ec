package org.chainrule.harness.cases;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.ChainruleException;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.RecordedFolder;
import org.chainrule.harness.RecordedFolder.Content;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.harness.golden.GoldenCheck;

/** Every recorded case of a folder but trainings: a new file is a new case. */
record GoldenCases(Optional<Path> folder, Substitution substitution) implements Family {
    @Override
    public String name() {
        return "golden";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return switch (RecordedFolder.GOLDEN.in(folder)) {
            case Content.Files(Path root, var files) -> files.stream().flatMap(f -> of(root, f));
            case Content.None(Verdict verdict) ->
                    Stream.of(new Case(name() + "/folder", "golden", Oracle.GOLDEN, _ -> verdict));
        };
    }

    private Stream<Case> of(Path root, Path file) {
        String head = name() + "/" + RecordedFolder.name(root, file.resolveSibling(GoldenCase.name(file)));
        try {
            GoldenCase golden = GoldenCase.read(file);
            return golden.kind().equals("training") ? Stream.of() : Stream.of(
                    new Case(head, golden.op(), Oracle.GOLDEN, new GoldenCheck(golden, substitution)));
        } catch (ChainruleException e) {
            return Stream.of(new Case(head, "golden", Oracle.GOLDEN, _ -> new Verdict.Fail(e.toString())));
        }
    }
}
