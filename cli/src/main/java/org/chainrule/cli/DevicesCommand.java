package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.Backends;
import org.chainrule.io.Json;
import org.chainrule.spi.Backend.Availability;
import org.chainrule.spi.Backend.DeviceInfo;
import picocli.CommandLine.Command;

/** Lists backends and devices. */
@Command(description = "List every backend with its devices, or why it is not ready.")
final class DevicesCommand extends Subcommand {
    private static final int COLUMNS = 100;

    DevicesCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        String best = Backends.best().orElse("");
        List<Json> backends = new ArrayList<>();
        for (Probe probe : Probe.all()) {
            String name = probe.backend().name();
            JsonObject json = new JsonObject().with("name", name);
            switch (probe.availability()) {
                case Availability.Ready(List<DeviceInfo> devices) -> {
                    List<Json> list = new ArrayList<>();
                    for (int i = 0; i < devices.size(); i++) {
                        String spec = name + ":" + i;
                        show(spec, devices.get(i), spec.equals(best));
                        list.add(json(spec, devices.get(i)));
                    }
                    json.with("ready", true).with("devices", list);
                }
                case Availability.Missing(String reason, String remedy) -> {
                    show("  %-14s ".formatted(name), "not ready: " + reason);
                    show(" ".repeat(17), "remedy: " + remedy);
                    json.with("ready", false).with("reason", reason).with("remedy", remedy);
                }
            }
            backends.add(json.build());
        }
        console.line("");
        console.line("* is what \"auto\" takes; choose another with --backend NAME or -Dchainrule.backend=NAME.");
        return Result.of(new JsonObject().with("backends", backends).with("auto", best).build());
    }

    private void show(String spec, DeviceInfo device, boolean best) {
        show("%s %-14s ".formatted(best ? "*" : " ", spec), device.name());
        show(" ".repeat(17), device.details());
    }

    private void show(String head, String text) {
        Paragraph.hanging(head, text, COLUMNS).forEach(console::line);
    }

    private static Json json(String spec, DeviceInfo device) {
        return new JsonObject().with("spec", spec).with("name", device.name()).with("details", device.details())
                .with("rank", device.rank()).build();
    }
}
