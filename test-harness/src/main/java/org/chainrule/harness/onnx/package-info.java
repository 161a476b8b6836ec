/** The node tests of ONNX: their files, the ops they name, and their comparison with a backend. */
@NullMarked
package org.chainrule.harness.onnx;

import org.jspecify.annotations.NullMarked;
