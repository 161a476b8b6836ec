/** The CUDA backend. */
@NullMarked
package org.chainrule.cuda;

import org.jspecify.annotations.NullMarked;
