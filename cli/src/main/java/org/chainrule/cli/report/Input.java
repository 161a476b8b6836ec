package org.chainrule.cli.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** A sample as people can look at it. */
public sealed interface Input permits Input.Features, GrayImage {

    /** Named values, in the order of display. */
    record Features(SequencedMap<String, Double> values) implements Input {
        public Features {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }
    }
}
