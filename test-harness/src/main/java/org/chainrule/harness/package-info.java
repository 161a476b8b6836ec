/** The conformance suite that every backend's tests extend. */
@NullMarked
package org.chainrule.harness;

import org.jspecify.annotations.NullMarked;
