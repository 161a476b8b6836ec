/** Training loops: feeding batches, evaluation, early stopping and checkpoints. */
@NullMarked
package org.chainrule.train;

import org.jspecify.annotations.NullMarked;
