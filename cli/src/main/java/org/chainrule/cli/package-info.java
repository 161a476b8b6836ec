/** The {@code chainrule} program. */
@NullMarked
package org.chainrule.cli;

import org.jspecify.annotations.NullMarked;
