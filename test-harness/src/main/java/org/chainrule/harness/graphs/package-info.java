/** Random graphs as data: drawn, computed in several ways, compared with what rounding may make of them, and shrunk where they fail. */
@NullMarked
package org.chainrule.harness.graphs;

import org.jspecify.annotations.NullMarked;
