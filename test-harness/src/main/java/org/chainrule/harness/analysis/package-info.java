/** Running error analysis: what rounding may make of the elements of a graph. */
@NullMarked
package org.chainrule.harness.analysis;

import org.jspecify.annotations.NullMarked;
