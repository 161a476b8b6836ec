package org.chainrule.harness;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what a mistyped word was meant to be. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code "; did you mean …?"}, or nothing if none of {@code known} is near. */
    public static String of(String word, Collection<String> known) {
        String w = word.toLowerCase(Locale.ROOT);
        int near = Math.max(1, w.length() / 3);
        return known.stream().filter(k -> distance(w, k) <= near || w.length() > 2 && k.startsWith(w))
                .min(Comparator.comparingInt(k -> distance(w, k))).map(k -> "; did you mean " + k + "?").orElse("");
    }

    /** As {@link #of}, followed by what there is: {@code "; did you mean …? There are …"} or {@code "; there are …"}. */
    public static String among(String word, Collection<String> known, String list) {
        String near = of(word, known);
        return near.isEmpty() ? "; there are " + list : near + " There are " + list;
    }

    /** Edits that lead from a to b: insert, delete or replace a character, or exchange two neighbours (Damerau 1964). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean exchanged =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (exchanged) d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
            }
        }
        return d[a.length()][b.length()];
    }
}
