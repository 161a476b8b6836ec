package org.chainrule.cli.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.cli.UsageException;
import org.chainrule.io.Json;

/** What decides how a run turns out: the options by name, without their dashes, with defaults filled in. */
final class Settings {
    private static final String KEY = "chainrule.settings";
    private static final String EPOCHS = "epochs";
    private static final String MOMENTUM = "0.9", VALIDATION = "0.1", VALIDATION_OF_TEXT = "0.05";

    private static final String COMMON =
            """
            activation relu, init auto, norm none, dropout 0, residual false, epochs 60, batch 32, optimizer adam,
            lr 0.002, schedule cosine, weight-decay 0, l1 0, l2 0, clip 0, label-smoothing 0, noise 0,
            patience 0, seed 42, test 0.2, target last, task auto, drop none, no-header false, window 20, embedding 24""";
    // Those of iris were chosen by ten random splits of its training part alone.
    private static final Map<String, String> BY_DATA = Map.of(
            "xor", "model 8, activation tanh, epochs 300, batch 4, lr 0.05, schedule constant",
            "digits", "model 128-64, dropout 0.2, epochs 30",
            "iris", "model 16, activation tanh, lr 0.02, batch 16, weight-decay 0.01, optimizer adamw",
            "wine", "model 16, activation tanh, lr 0.005, batch 16, weight-decay 0.1, optimizer adamw",
            "cancer", "model 16, activation tanh, lr 0.005, batch 16, weight-decay 0.1, optimizer adamw, epochs 30",
            "mnist", "model 512-256, epochs 10, batch 128, optimizer adamw, lr 0.001, weight-decay 0.01, dropout 0.2",
            "fashion",
            "model 256-128-100, epochs 20, batch 128, optimizer adamw, lr 0.001, weight-decay 0.01, dropout 0.1",
            "csv", "model 64-32",
            "text",
            "model 512, epochs 2, batch 256, optimizer adamw, lr 0.002, weight-decay 0.01, dropout 0.1, test 0.1");

    private final SequencedMap<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /** What every data set has where it has nothing of its own: names and values. */
    static String commonDefaults() {
        return COMMON.replaceAll("\\s+", " ");
    }

    /** What each data set has of its own, by its name. */
    static SortedMap<String, String> defaultsByData() {
        return new TreeMap<>(BY_DATA);
    }

    /** The defaults that follow from other settings, in a sentence. */
    static String derivedDefaults() {
        return "sgd and nesterov have momentum " + MOMENTUM + "; --patience holds out validation " + VALIDATION
                + ", of text " + VALIDATION_OF_TEXT + ".";
    }

    /** The names of the data sets that there are defaults for. */
    static List<String> dataSets() {
        return BY_DATA.keySet().stream().sorted().toList();
    }

    /** The defaults for {@code data}, with {@code given} in their place. @throws UsageException for what makes no sense */
    static Settings of(String data, Map<String, String> given) {
        Settings settings = filled(data, given);
        SettingRules.check(settings);
        SettingRules.requireMeaning(given.keySet(), settings);
        return settings;
    }

    /** {@code given}, and for what it leaves open the defaults for {@code data}. */
    private static Settings filled(String data, Map<String, String> given) {
        SequencedMap<String, String> all = new LinkedHashMap<>();
        all.put("data", data);
        all.put("model", "");
        for (String source : List.of(COMMON, BY_DATA.getOrDefault(data, ""))) {
            for (String pair : source.split(",")) {
                String[] parts = pair.strip().split(" ");
                all.put(parts[0], parts[1]);
            }
        }
        all.putAll(given);
        Settings chosen = new Settings(all);
        all.computeIfAbsent("validation", _ -> validation(chosen));
        all.putIfAbsent("momentum", Set.of("sgd", "nesterov").contains(chosen.text("optimizer")) ? MOMENTUM : "0");
        return new Settings(all);
    }

    /** Early stopping takes a validation part. */
    private static String validation(Settings s) {
        if (s.whole("patience") <= 0) return "0";
        return s.text("data").equals("text") ? VALIDATION_OF_TEXT : VALIDATION;
    }

    /** Those kept in {@code metadata}; for those that an older version did not keep, the defaults. */
    static Settings fromMetadata(Map<String, String> metadata, String source) {
        String text = metadata.get(KEY);
        if (text == null) throw new DataFormatException(source
                + ": expected a checkpoint that this program wrote, found one without metadata '" + KEY + "'");
        Map<String, String> kept = new LinkedHashMap<>();
        Json.parse(source + " (metadata " + KEY + ")", text).asObject().forEach((k, v) -> kept.put(k, v.asString()));
        return filled(kept.getOrDefault("data", ""), kept);
    }

    Map<String, String> toMetadata() {
        return Map.of(KEY, Json.ofStrings(values).text());
    }

    /** These for going on with a run: {@code given} may only change the number of epochs. */
    Settings resumedWith(Map<String, String> given, String source) {
        List<String> different = new ArrayList<>();
        given.forEach((name, value) -> {
            if (!name.equals(EPOCHS) && !same(value, text(name))) {
                different.add("--" + name + " " + value + " (it was " + text(name) + ")");
            }
        });
        if (!different.isEmpty()) throw new InvalidArgumentException("--resume goes on with the settings in " + source
                + ", which differ from " + different.stream().collect(Collectors.joining(", "))
                + "; leave these options out, or start another run");
        SequencedMap<String, String> all = new LinkedHashMap<>(values);
        all.putAll(given);
        Settings settings = new Settings(all);
        SettingRules.check(settings);
        return settings;
    }

    /** Those that have a meaning in this run and are not switched off, for a reader. */
    SequencedMap<String, String> meaningful() {
        SequencedMap<String, String> all = new LinkedHashMap<>(values);
        all.entrySet().removeIf(e -> SettingRules.objection(e.getKey(), this).isPresent()
                || Set.of("0", "0.0", "false", "none").contains(e.getValue())
                        && !Set.of("model", "seed").contains(e.getKey()));
        return all;
    }

    private static boolean same(String a, String b) {
        try {
            return a.equals(b) || Double.parseDouble(a) == Double.parseDouble(b);
        } catch (NumberFormatException _) {
            return false;
        }
    }

    SequencedMap<String, String> asMap() {
        return values;
    }

    String text(String name) {
        return values.getOrDefault(name, "");
    }

    double real(String name) {
        try {
            return Double.parseDouble(text(name));
        } catch (NumberFormatException _) {
            throw UsageException.of(name, "'" + text(name) + "' is not a number");
        }
    }

    int whole(String name) {
        try {
            return Integer.parseInt(text(name));
        } catch (NumberFormatException _) {
            throw UsageException.of(name, "'" + text(name) + "' is not a whole number");
        }
    }

    int positive(String name) {
        int value = whole(name);
        if (value < 1) throw UsageException.of(name, value + " is not at least 1");
        return value;
    }

    long seed() {
        try {
            return Long.parseLong(text("seed"));
        } catch (NumberFormatException _) {
            throw UsageException.of("seed", "'" + text("seed") + "' is not a whole number");
        }
    }

    boolean flag(String name) {
        return text(name).equals("true");
    }
}
