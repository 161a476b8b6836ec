package org.chainrule.plan;

import org.chainrule.DType;

/** A kernel's view of a slot: where its elements lie and what they are. */
public record Operand(int slot, DType dtype, Layout layout) {}
