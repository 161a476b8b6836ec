/** DJL at the work of the benchmarks. */
@NullMarked
package org.chainrule.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
