/** One training step of a small network, told in formulas and numbers. */
@NullMarked
package org.chainrule.cli.explain;

import org.jspecify.annotations.NullMarked;
