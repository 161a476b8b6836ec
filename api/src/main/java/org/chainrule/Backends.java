package org.chainrule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability;
import org.chainrule.spi.Backend.DeviceInfo;
import org.chainrule.spi.Device;
import org.chainrule.spi.Trace;

/** The backends on the class path and the choice among them. */
public final class Backends {
    /** What is chosen where nothing is said: the best ready device. */
    public static final String AUTO = "auto";

    private static final System.Logger LOG = System.getLogger("org.chainrule");
    /** What {@link #chooseBest} told last: a program that opens many sessions reads it once. */
    private static final AtomicReference<String> TOLD = new AtomicReference<>("");

    private Backends() {}

    /** Every backend found, by name. */
    public static List<Backend> all() {
        return ServiceLoader.load(Backend.class).stream().map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(Backend::name)).toList();
    }

    /** What the property {@code chainrule.backend}, else the environment variable {@code CHAINRULE_BACKEND}, says; else {@link #AUTO}. */
    public static String configured() {
        String property = System.getProperty("chainrule.backend", "");
        if (!property.isEmpty()) return property;
        String environment = System.getenv().getOrDefault("CHAINRULE_BACKEND", "");
        return environment.isEmpty() ? AUTO : environment;
    }

    /** An opened device and what it was chosen as. */
    public record Opened(String backend, Device device) {}

    /**
     * Opens what {@code spec} says: {@code name}, {@code name:index} or {@code auto}. An explicit choice never falls back:
     * where it cannot be had, one exception lists every backend with its reason and remedy.
     */
    public static Opened open(String spec) {
        return open(spec, Backend::open);
    }

    /** As {@link #open(String)}, with what the device does told to {@code trace}. */
    public static Opened open(String spec, Trace trace) {
        return open(spec, (backend, index) -> backend.open(index, trace));
    }

    private static Opened open(String spec, BiFunction<Backend, Integer, Device> way) {
        Choice c = choose(spec);
        return new Opened(c.backend.name(), way.apply(c.backend, c.index));
    }

    /** A device of a backend that is ready. */
    public record Choice(Backend backend, int index) {}

    /**
     * What {@link #open(String)} opens.
     *
     * @throws BackendUnavailableException where it cannot be had
     */
    public static Choice choose(String spec) {
        requireAny();
        if (spec.equalsIgnoreCase(AUTO)) return chooseBest();
        int colon = spec.indexOf(':');
        String name = (colon < 0 ? spec : spec.substring(0, colon)).toLowerCase(Locale.ROOT);
        if (name.equals(AUTO)) throw new InvalidArgumentException(
                "backend '" + spec + "': auto chooses the device itself; name a backend, as in opencl:1");
        int index = colon < 0 ? 0 : index(spec, spec.substring(colon + 1));
        for (Backend b : all()) {
            if (!b.name().equals(name)) continue;
            return switch (b.probe()) {
                case Availability.Missing(String reason, String remedy) ->
                        throw new BackendUnavailableException("backend '" + name + "' cannot be used: " + reason
                                + "\n  remedy: " + remedy + "\n" + listing(all().stream()
                                        .filter(other -> !other.name().equals(name)).toList()));
                case Availability.Ready(List<DeviceInfo> devices) -> {
                    if (index >= devices.size()) throw new BackendUnavailableException("backend '" + name
                            + "' has no device " + index + ": it has " + devices.size() + ", numbered from 0\n"
                            + listing());
                    yield new Choice(b, index);
                }
            };
        }
        throw new BackendUnavailableException("there is no backend '" + name + "' on the class path, where each module"
                + " chainrule-backend-NAME brings its own; choose one of these, or auto\n" + listing());
    }

    private static int index(String spec, String text) {
        try {
            int i = Integer.parseInt(text);
            if (i >= 0) return i;
        } catch (NumberFormatException e) {
            // told below, with the form that is expected
        }
        throw new InvalidArgumentException(
                "backend '" + spec + "': '" + text + "' is not a device number; write it as in opencl:1");
    }

    private record Candidate(Backend backend, int index, DeviceInfo info) {
        String spec() {
            return backend.name() + ":" + index;
        }
    }

    /** The devices that {@code auto} may take, and why other backends have none. */
    private record Survey(List<Candidate> ready, List<String> missing) {
        static Survey take() {
            List<Candidate> ready = new ArrayList<>();
            List<String> missing = new ArrayList<>();
            for (Backend b : all()) {
                switch (b.probe()) {
                    case Availability.Missing(String reason, String _) ->
                            missing.add(b.name() + " is not ready: " + reason);
                    case Availability.Ready(List<DeviceInfo> devices) -> {
                        for (int i = 0; i < devices.size(); i++)
                            if (devices.get(i).rank() >= 0) ready.add(new Candidate(b, i, devices.get(i)));
                    }
                }
            }
            return new Survey(ready, missing);
        }

        Optional<Candidate> best() {
            return ready.stream().max(Comparator.comparingInt(c -> c.info.rank()));
        }
    }

    /** The device that {@code auto} takes, as {@code name:index}; empty where none is ready. */
    public static Optional<String> best() {
        return Survey.take().best().map(Candidate::spec);
    }

    /** @throws BackendUnavailableException where there is no backend at all */
    private static void requireAny() {
        if (all().isEmpty())
            throw new BackendUnavailableException("no backend is on the class path\n  remedy: add one as a"
                    + " dependency at run time, of the version of chainrule-api; the README shows how");
    }

    private static Choice chooseBest() {
        Survey survey = Survey.take();
        Candidate best = survey.best()
                .orElseThrow(() -> new BackendUnavailableException("no backend is ready\n" + listing()));
        tell(best, survey.missing);
        return new Choice(best.backend, best.index);
    }

    private static void tell(Candidate best, List<String> missing) {
        // a driver's own words may be of several lines
        String line = ("auto took " + best.spec() + " (" + best.info.name() + ")"
                + String.join("", missing.stream().map(m -> "; " + m).toList())).replaceAll("\\R\\s*", " ");
        if (!TOLD.getAndSet(line).equals(line)) LOG.log(System.Logger.Level.INFO, line);
    }

    /** Every backend with its devices, or its reason and remedy, a line each. */
    public static String listing() {
        return listing(all());
    }

    private static String listing(List<Backend> backends) {
        StringBuilder b = new StringBuilder();
        for (Backend backend : backends) {
            b.append("  ").append(backend.name()).append(": ");
            switch (backend.probe()) {
                case Availability.Missing(String reason, String remedy) ->
                        b.append("not ready: ").append(reason).append("; ").append(remedy);
                case Availability.Ready(List<DeviceInfo> devices) ->
                        b.append("ready: ").append(String.join("; ", devices.stream().map(DeviceInfo::name).toList()));
            }
            b.append('\n');
        }
        return b.toString().stripTrailing();
    }
}
