package org.chainrule.kernels;

import java.util.List;

/** What a recipe has a queue do. */
public sealed interface Command permits Launch, LibraryProduct {
    /** What its parameters are bound to, in their order. */
    List<Argument> arguments();
}
