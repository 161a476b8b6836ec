/** Whole trainings: recorded ones, and one that a backend must learn from. */
@NullMarked
package org.chainrule.harness.training;

import org.jspecify.annotations.NullMarked;
