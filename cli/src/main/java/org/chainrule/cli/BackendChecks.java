package org.chainrule.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chainrule.Backends;
import org.chainrule.ChainruleException;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.spi.Backend.Availability;
import org.chainrule.spi.Backend.DeviceInfo;

/** Whether each backend is there, and computes. */
final class BackendChecks {
    private static final String CANNOT_BE_HAD = "run \"chainrule devices\" to see what can be had";

    private BackendChecks() {}

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (Probe probe : Probe.all()) {
            String name = probe.backend().name();
            checks.add(switch (probe.availability()) {
                case Availability.Missing(String reason, String remedy) -> Check.missing(name, reason, remedy);
                case Availability.Ready(List<DeviceInfo> devices) -> computing(name, devices);
            });
        }
        return checks;
    }

    /** Computes ∂/∂A Σ A·A on each device: what is wrong shows here rather than in the user's first run. */
    private static Check computing(String name, List<DeviceInfo> devices) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            DeviceInfo device = devices.get(i);
            try (Session session = Session.open(name + ":" + i)) {
                Tensor a = session.tensor(new float[][] {{1, 2}, {3, 4}});
                float[] gradient = a.matmul(a).sum().gradients(a).getFirst().toFloats();
                if (!Arrays.equals(gradient, new float[] {7, 11, 9, 13})) {
                    return Check.missing(name, device.name() + " computes a wrong gradient: "
                            + Arrays.toString(gradient) + " instead of [7, 11, 9, 13]",
                            "use another backend, and report this");
                }
            } catch (ChainruleException e) {
                return Check.missing(name, device.name() + " is listed, but fails: " + e.getMessage(),
                        "use another backend");
            }
            found.add(device.name() + " (" + device.details() + ")");
        }
        return Check.ok(name, String.join("; ", found) + "; computes");
    }

    /** What a run without further words would use. */
    static Check chosen(BackendOption option) {
        String spec = option.spec(), origin = option.origin();
        if (spec.equalsIgnoreCase(Backends.AUTO)) {
            return Backends.best().map(best -> Check.ok("chosen", best + ", by auto (" + origin + ")"))
                    .orElseGet(() -> Check.missing("chosen", "no backend is ready", CANNOT_BE_HAD));
        }
        try (Session session = Session.open(spec)) {
            return Check.ok("chosen", spec + ", by " + origin + ": " + session.device().name());
        } catch (ChainruleException e) {
            return Check.missing("chosen",
                    spec + ", by " + origin + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    CANNOT_BE_HAD);
        }
    }
}
