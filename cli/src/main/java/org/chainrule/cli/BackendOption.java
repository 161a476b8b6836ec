package org.chainrule.cli;

import java.util.List;
import java.util.stream.Stream;
import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.chainrule.harness.Suggestion;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --backend}, to be mixed into each command that computes. */
public final class BackendOption {
    @Option(names = "--backend", paramLabel = "NAME[:N]", converter = Known.class,
            description = "Where to compute: a name that the command \"devices\" lists, or auto; instead of what the property "
                    + "chainrule.backend or the variable CHAINRULE_BACKEND says.")
    private String given = "";

    /** What the option says, else the property, else the environment. */
    public String spec() {
        return given.isEmpty() ? Backends.configured() : given;
    }

    /** Which of them says it. */
    String origin() {
        if (!given.isEmpty()) return "--backend";
        if (!System.getProperty("chainrule.backend", "").isBlank()) return "-Dchainrule.backend";
        return System.getenv().getOrDefault("CHAINRULE_BACKEND", "").isBlank() ? "the default" : "CHAINRULE_BACKEND";
    }

    /**
     * A session there; the caller closes it.
     *
     * @throws BackendUnavailableException saying why the choice cannot be had, what to do, and what is ready instead
     */
    public Session open() {
        return Session.open(ready());
    }

    /** {@link #spec()}, where nothing stands in its way. @throws BackendUnavailableException as {@link #open()} */
    public String ready() {
        String name = spec().replaceFirst(":.*", "");
        List<Probe> all = Probe.all();
        for (Probe probe : all) {
            if (probe.backend().name().equalsIgnoreCase(name)
                    && probe.availability() instanceof Availability.Missing(String reason, String remedy))
                throw new BackendUnavailableException("backend '" + name + "' cannot be used: " + reason
                        + "\n  remedy: " + remedy + "\n  ready instead: " + ready(all));
        }
        return spec();
    }

    private static String ready(List<Probe> all) {
        List<String> names = all.stream().filter(p -> p.availability() instanceof Availability.Ready)
                .map(p -> p.backend().name()).toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static final class Known implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            int colon = value.indexOf(':');
            String name = colon < 0 ? value : value.substring(0, colon);
            List<String> known =
                    Stream.concat(Stream.of(Backends.AUTO), Backends.all().stream().map(Backend::name)).toList();
            if (colon >= 0 && !value.substring(colon + 1).matches("[0-9]{1,9}")) throw new TypeConversionException(
                    "'" + value.substring(colon + 1) + "' is not a device number; write it as in cpu:0");
            if (known.stream().anyMatch(name::equalsIgnoreCase)) return value;
            throw new TypeConversionException(
                    "'" + name + "' is none of " + String.join(", ", known) + Suggestion.of(name, known));
        }
    }
}
