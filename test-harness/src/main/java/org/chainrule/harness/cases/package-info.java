/** The families of cases that the suite consists of. */
@NullMarked
package org.chainrule.harness.cases;

import org.jspecify.annotations.NullMarked;
