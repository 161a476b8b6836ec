package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.Shape;
import org.chainrule.io.Json;
import org.chainrule.spi.Tuned;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Finds the fastest kernels of a device. */
@Command(description = {
    "Find the fastest kernels for matrix products on a device, by trying them, and keep what was found.",
    "Sessions that are opened on the device from then on use it. Takes a minute or more; the device should have "
            + "nothing else to do."})
final class TuneCommand extends Subcommand {
    /** The products of a training step, forward and backward, and squares. */
    private static final List<Shape> USUAL = Stream.of(new int[][] {
        {128, 784, 512}, {784, 128, 512}, {128, 512, 256}, {512, 128, 256}, {128, 256, 512},
        {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048}}).map(Shape::of).toList();

    @Mixin
    private final BackendOption backend = new BackendOption();

    @Option(names = "--size", paramLabel = "MxKxN", converter = Size.class,
            description = "Tune for products [M, K] x [K, N]; may be given again. By default those of training steps and squares.")
    private final List<Shape> sizes = new ArrayList<>();

    TuneCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        Backends.Choice choice = Backends.choose(backend.spec());
        List<Json> found = new ArrayList<>();
        String spec = choice.backend().name() + ":" + choice.index();
        List<Shape> products = sizes.isEmpty() ? USUAL : sizes;
        console.line("Tuning " + spec + ". Each product is tried as it lies and with either matrix transposed (T).");
        int all = 3 * products.size();
        trying(1, all);
        choice.backend().tune(choice.index(), products, t -> {
            console.line(
                    "%-28s %9s GFLOP/s  %5s of the usual time  %s".formatted(t.kernel(), rate(t.flops() / t.seconds()),
                            Math.round(100 * t.seconds() / t.usualSeconds()) + " %", t.form()));
            found.add(json(t));
            if (found.size() < all) trying(found.size() + 1, all);
        });
        console.line("Sessions on " + spec + " use these from now on.");
        return Result.of(new JsonObject().with("device", spec).with("found", found).build());
    }

    /** A product takes seconds, of which its result tells nothing. */
    private void trying(int number, int all) {
        console.message("trying product " + number + " of " + all + " ...");
    }

    private static String rate(double flops) {
        return String.format(Locale.ROOT, "%.1f", flops * 1e-9);
    }

    private static Json json(Tuned t) {
        return new JsonObject().with("kernel", t.kernel()).with("form", t.form()).with("seconds", t.seconds())
                .with("usual_form", t.usualForm()).with("usual_seconds", t.usualSeconds())
                .with("tried", (long) t.tried()).with("refused", (long) t.refused()).build();
    }

    private static final class Size implements ITypeConverter<Shape> {
        @Override
        public Shape convert(String value) {
            if (!value.matches("[1-9][0-9]{0,4}(x[1-9][0-9]{0,4}){2}")) throw new TypeConversionException("'" + value
                    + "' is not the size of a product; write rows, depth and columns, each up to 99999, as in 128x784x512");
            return Shape.of(Stream.of(value.split("x")).mapToInt(Integer::parseInt).toArray());
        }
    }
}
