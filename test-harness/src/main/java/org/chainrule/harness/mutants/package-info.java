/** Devices and ops that are wrong on purpose: the suite must catch each. */
@NullMarked
package org.chainrule.harness.mutants;

import org.jspecify.annotations.NullMarked;
