/** Layers, initializers and losses. */
@NullMarked
package org.chainrule.nn;

import org.jspecify.annotations.NullMarked;
