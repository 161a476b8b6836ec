package org.chainrule.harness;

/** Who says what is right. */
public enum Oracle {
    /** The same graph in double precision on the host, and the bound that running error analysis derives for each element. */
    ANALYSIS("running error analysis of the same graph"),
    /** The op's formula in double precision, and a promised number of units in the last place. */
    FORMULA("the op's formula in double precision"),
    /** Central differences in double precision. */
    DIFFERENCES("finite differences in float64"),
    /** Results that PyTorch recorded. */
    GOLDEN("recorded PyTorch results"),
    /** The node tests of ONNX. */
    ONNX("ONNX node tests"),
    /** Random graphs, each against the analysis of its unfused nodes. */
    GRAPHS("random graphs"),
    /** Poison in outputs, sentinels around every buffer, inputs read again. */
    SENTINELS("poisoned outputs and sentinels"),
    /** What was written must come back. */
    STORAGE("values written and read back"),
    /** The counter-based generator computed on the host, and what the same program gave before. */
    BITS("random bits computed on the host, and the bits of the run before"),
    /** Whole trainings. */
    TRAINING("whole trainings"),
    /** The ledger of memory, and errors that must be ours. */
    LIFECYCLE("the ledger and the errors of a device's life");

    private final String description;

    Oracle(String description) {
        this.description = description;
    }

    public String description() {
        return description;
    }
}
