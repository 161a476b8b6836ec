/** The commands that train networks and use them. */
@NullMarked
package org.chainrule.cli.train;

import org.jspecify.annotations.NullMarked;
