/** Optimizers, learning-rate schedules and the health of gradients. */
@NullMarked
package org.chainrule.optim;

import org.jspecify.annotations.NullMarked;
