/** Device code for OpenCL and CUDA, rendered from expressions or tuned by hand. */
@NullMarked
package org.chainrule.kernels;

import org.jspecify.annotations.NullMarked;
