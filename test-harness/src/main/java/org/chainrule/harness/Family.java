package org.chainrule.harness;

import java.util.stream.Stream;

/** Cases that belong together: the first part of their names. */
public interface Family {
    String name();

    /** Its cases for {@code target}, made while they are asked for. */
    Stream<Case> cases(Target target);
}
