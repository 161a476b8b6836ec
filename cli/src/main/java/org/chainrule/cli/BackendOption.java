package org.chainrule.cli;

import java.util.List;
import java.util.stream.Stream;
import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.chainrule.harness.Suggestion;
import org.chainrule.spi.Backend;
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

    /** The option as it was given, with a space before it, to repeat a choice; nothing where the property or the environment chose. */
    public String repeated() {
        return given.isEmpty() ? "" : " --backend " + given;
    }

    /** Which of them says it. */
    String origin() {
        if (!given.isEmpty()) return "--backend";
        if (!System.getProperty("chainrule.backend", "").isEmpty()) return "-Dchainrule.backend";
        return System.getenv().getOrDefault("CHAINRULE_BACKEND", "").isEmpty() ? "the default" : "CHAINRULE_BACKEND";
    }

    /**
     * A session there; the caller closes it.
     *
     * @throws BackendUnavailableException as {@link Session#open(String)}
     */
    public Session open() {
        return Session.open(spec());
    }

    private static final class Known implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            int colon = value.indexOf(':');
            String name = colon < 0 ? value : value.substring(0, colon);
            List<String> known =
                    Stream.concat(Stream.of(Backends.AUTO), Backends.all().stream().map(Backend::name)).toList();
            if (colon >= 0 && name.equalsIgnoreCase(Backends.AUTO)) throw new TypeConversionException(
                    "'" + value + "': auto chooses the device itself; name a backend, as in cpu:0");
            if (colon >= 0 && !value.substring(colon + 1).matches("[0-9]{1,9}")) throw new TypeConversionException(
                    "'" + value.substring(colon + 1) + "' is not a device number; write it as in cpu:0");
            if (known.stream().anyMatch(name::equalsIgnoreCase)) return value;
            throw new TypeConversionException(
                    "'" + name + "' is none of " + String.join(", ", known) + Suggestion.of(name, known));
        }
    }
}
