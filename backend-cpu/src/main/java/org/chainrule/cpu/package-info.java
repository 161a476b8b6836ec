/** The float64 reference and the vectorised CPU backend. */
@NullMarked
package org.chainrule.cpu;

import org.jspecify.annotations.NullMarked;
