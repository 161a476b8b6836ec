package org.chainrule.cli.train;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.chainrule.DataFormatException;
import org.chainrule.data.Vocabulary;
import org.chainrule.nn.Embedding;
import org.chainrule.nn.Sequential;

/** What a checkpoint tells of a model of text. */
record TextModel(Settings settings, Vocabulary vocabulary) {
    private static final String SYMBOLS = "data.symbols";

    Map<String, String> toMetadata() {
        Map<String, String> all = new TreeMap<>(settings.toMetadata());
        all.put(SYMBOLS, vocabulary.symbols());
        return all;
    }

    static TextModel fromMetadata(Map<String, String> metadata, String source) {
        String symbols = metadata.get(SYMBOLS);
        if (symbols == null) throw new DataFormatException(source + ": expected a model of text, found no metadata '"
                + SYMBOLS + "'; a model of samples is for predict");
        return new TextModel(Settings.fromMetadata(metadata, source), Vocabulary.of(symbols));
    }

    int window() {
        return settings.positive("window");
    }

    private int width() {
        return settings.positive("embedding");
    }

    /** What the layers of {@link #network()} that have parameters are, in their order. */
    List<String> layerNames() {
        return Networks.layerNames(settings, List.of("embedding"), window() * width(), vocabulary.size());
    }

    /** Codes {@code [batch, window]} to logits of the next {@code [batch, vocabulary]}. */
    Sequential network() {
        int width = width();
        return Networks.mlp(settings, List.of(Embedding.of(vocabulary.size(), width)), window() * width,
                vocabulary.size());
    }
}
