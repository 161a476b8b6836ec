package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chainrule.KernelCompilationException;
import org.chainrule.UnsupportedOpException;
import org.chainrule.kernels.SourceCompiler.Program;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;

/** What was compiled for a device, by source. */
public final class Programs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Programs.class.getName());

    private final String device;
    private final SourceCompiler compiler;
    private final Trace trace;
    private final Map<Source, Entry> entries = new HashMap<>();
    private final List<Program> programs = new ArrayList<>();

    /** A function of a program. */
    private record Entry(Program program, String name) {}

    /** @param device its name in messages */
    public Programs(String device, SourceCompiler compiler, Trace trace) {
        this.device = device;
        this.compiler = compiler;
        this.trace = trace;
    }

    /**
     * Compiles the sources of those of {@code starts} that are not yet: together, since most of what a compiler does for one it does for all of them.
     *
     * @param starts of several with one source the first is named where that does not compile
     */
    public void prepare(List<DeviceFunction.Start<Launch>> starts) {
        Map<Source, DeviceFunction.Start<Launch>> sources = new LinkedHashMap<>();
        for (DeviceFunction.Start<Launch> s : starts) sources.putIfAbsent(s.command().source(), s);
        List<Source> unknown = sources.keySet().stream().filter(s -> !entries.containsKey(s)).toList();
        if (unknown.isEmpty()) return;
        unknown.stream().filter(s -> s.needsDoubles() && !compiler.hasDoubles()).findFirst().ifPresent(s -> {
            throw new UnsupportedOpException(device + " has no F64, in which " + labelOf(sources, s)
                    + " computes between its inputs and results; cast to F32, or use --backend cpu");
        });
        unknown.forEach(
                s -> Dump.write(startOf(sources, s), () -> complete(List.of(s)), compiler.dialect().extension()));
        compiler.units(unknown).forEach(unit -> prepare(unit, sources));
    }

    private void prepare(List<Source> unknown, Map<Source, DeviceFunction.Start<Launch>> sources) {
        List<Source> named = IntStream.range(0, unknown.size())
                .mapToObj(i -> unknown.get(i).named(unknown.get(i).entry() + "_" + i)).toList();
        String text = complete(named);
        long start = System.nanoTime();
        Optional<Program> kept = compiler.cache().read(text).filter(b -> b.length > 0).flatMap(compiler::load);
        Program program = kept.orElseGet(() -> build(text, unknown, sources));
        programs.add(program);
        for (int i = 0; i < named.size(); i++) entries.put(unknown.get(i), new Entry(program, named.get(i).entry()));
        if (kept.isEmpty()) compiler.cache().write(text, program::binary);
        long nanos = System.nanoTime() - start;
        List<Kernel.Label> labels = unknown.stream().map(s -> labelOf(sources, s)).distinct().toList();
        trace.add(new Trace.Activity(Trace.Kind.COMPILATION, Kernel.Label.of(labels), 0, start, nanos));
        LOG.log(System.Logger.Level.DEBUG, () -> "%d kernels %s in %.1f ms".formatted(named.size(),
                kept.isEmpty() ? "compiled" : "loaded", nanos / 1e6));
    }

    private String complete(List<Source> sources) {
        return compiler.dialect().complete(sources, compiler.hasDoubles());
    }

    private static DeviceFunction.Start<Launch> startOf(Map<Source, DeviceFunction.Start<Launch>> sources, Source s) {
        return Optional.ofNullable(sources.get(s)).orElseThrow();
    }

    private static Kernel.Label labelOf(Map<Source, DeviceFunction.Start<Launch>> sources, Source s) {
        return startOf(sources, s).label();
    }

    /** What starts a source that was prepared, with arguments to be set. */
    public DeviceFunction function(DeviceFunction.Start<Launch> start) {
        Entry entry = Optional.ofNullable(entries.get(start.command().source())).orElseThrow();
        return entry.program.function(entry.name, start);
    }

    /** Compiles {@code text}; where that fails and it is of several sources, each alone, to find the one that is wrong. */
    private Program build(String text, List<Source> unknown,
            Map<Source, DeviceFunction.Start<Launch>> sources) {
        try {
            return compiler.build(text, labelOf(sources, unknown.getFirst()));
        } catch (KernelCompilationException e) {
            if (unknown.size() > 1)
                for (Source s : unknown) compiler.build(complete(List.of(s)), labelOf(sources, s)).close();
            throw e;
        }
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
        programs.clear();
        entries.clear();
    }
}
