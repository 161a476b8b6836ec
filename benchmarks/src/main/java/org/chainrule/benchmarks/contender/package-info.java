/** One who takes part in a race, in a process of its own: what it is told, what it answers, and the work. Needs the JDK alone. */
@NullMarked
package org.chainrule.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
