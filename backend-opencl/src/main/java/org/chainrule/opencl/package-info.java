/** The OpenCL backend. */
@NullMarked
package org.chainrule.opencl;

import org.jspecify.annotations.NullMarked;
