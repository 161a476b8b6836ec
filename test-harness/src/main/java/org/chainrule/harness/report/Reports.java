package org.chainrule.harness.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.chainrule.StorageException;
import org.chainrule.harness.Case;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Options;
import org.chainrule.io.AtomicFile;

/** {@code ops.md} and {@code conformance.html} in a folder. */
public final class Reports {
    private Reports() {}

    /**
     * Writes both; returns them.
     *
     * @param folder is made where it is not there
     * @param again  the line that repeats a case
     * @throws StorageException if they could not be written
     */
    public static List<Path> write(ConformanceReport report, Path folder, Function<Case, String> again) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("the folder " + folder + " could not be made: " + e.getMessage(), e);
        }
        Path table = folder.resolve("ops.md"), page = folder.resolve("conformance.html");
        AtomicFile.writeText(table, OpsTable.markdown(report));
        AtomicFile.writeText(page, ConformancePage.html(report, again));
        return List.of(table, page);
    }

    /** What ran, in words. */
    static String scope(Options o) {
        StringBuilder b = new StringBuilder("Seed " + o.seed());
        if (!o.name().isEmpty()) b.append(", only cases ").append(o.name());
        if (!o.op().isEmpty()) b.append(", only op ").append(o.op());
        return b.append(", ").append(o.graphs()).append(" random graphs; recorded PyTorch results ")
                .append(o.golden().map(f -> "from " + f).orElse("not run")).append(", ONNX node tests ")
                .append(o.onnx().map(f -> "from " + f).orElse("not run")).append('.').toString();
    }
}
