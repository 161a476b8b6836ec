package org.chainrule.cli.report;

/** The part of the data that a network is judged on after each epoch. */
public enum Part {
    /** Held out from training to choose by: when to stop, which weights to keep. */
    VALIDATION("validation"),
    /** Held out for the final result; nothing is chosen by it. */
    TEST("test"),
    /** The training data itself, where there is no other; judged after the epoch's updates and without dropout. */
    TRAINING("evaluation");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /** As in "test loss". */
    public String label() {
        return label;
    }

    String capitalized() {
        return Format.capitalized(label);
    }
}
