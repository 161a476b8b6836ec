package org.chainrule.harness.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chainrule.DataFormatException;

/**
 * The arguments of a recorded op that are not tensors, by name, as written: numbers as in Python, lists {@code [1, 2]},
 * {@code true}, {@code false}, {@code none}. Where a case gives only the call itself ({@code torch.sum(A, [1])}), its
 * arguments after the tensor stand under {@code arg1}, {@code arg2}, … and under their keywords.
 *
 * @param code what was run, for the ops whose meaning no argument tells
 */
public record Attributes(Map<String, String> texts, String code) {
    private static final Pattern CALL = Pattern.compile("[\\w.]+\\((.*)\\)");
    private static final Pattern ARGUMENT =
            Pattern.compile("\\s*(?:(\\w+)=)?(\\[[^]]*]|float\\('[^']*'\\)|[^,\\[]+)\\s*(?:,|$)");

    public Attributes {
        texts = Map.copyOf(texts);
    }

    /** Those of the metadata's keys that begin with {@code attr.}. */
    public static Attributes of(Map<String, String> metadata) {
        Map<String, String> texts = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith("attr.")) texts.put(key.substring("attr.".length()), value);
        });
        if (texts.containsKey("call")) addArguments(texts, texts.get("call"));
        return new Attributes(texts, metadata.getOrDefault("code", ""));
    }

    private static void addArguments(Map<String, String> texts, String call) {
        Matcher m = CALL.matcher(call);
        if (!m.matches()) throw new DataFormatException("expected a call, found '" + call + "'");
        Matcher argument = ARGUMENT.matcher(m.group(1));
        for (int i = 0; argument.lookingAt(); i++) {
            String value = argument.group(2).strip().replaceAll("float\\('(.*)'\\)", "$1");
            texts.put(Optional.ofNullable(argument.group(1)).orElse("arg" + i), value);
            argument.region(argument.end(), argument.regionEnd());
        }
    }

    /** The text of the first of {@code names} that is there and not {@code none}. */
    public Optional<String> text(String... names) {
        return Arrays.stream(names).filter(texts::containsKey).map(texts::get).filter(t -> !t.equalsIgnoreCase("none"))
                .findFirst();
    }

    /** The number of that name. @throws DataFormatException where there is none */
    public double number(String... names) {
        return optionalNumber(names)
                .orElseThrow(() -> new DataFormatException("no attribute " + List.of(names) + " in " + texts));
    }

    public double numberOr(double otherwise, String... names) {
        return optionalNumber(names).orElse(otherwise);
    }

    public Optional<Double> optionalNumber(String... names) {
        return text(names).map(Attributes::parse);
    }

    private static double parse(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    public int integer(String... names) {
        return (int) number(names);
    }

    public boolean flag(String name) {
        return text(name).map(t -> t.equalsIgnoreCase("true")).orElse(false);
    }

    /** The integers of a list, or one integer; none where the name is not there. */
    public int[] integers(String... names) {
        return text(names).map(t -> t.replaceAll("[\\[\\]\\s]", "")).filter(t -> !t.isEmpty())
                .map(t -> Arrays.stream(t.split(",")).mapToInt(Integer::parseInt).toArray()).orElse(new int[0]);
    }
}
