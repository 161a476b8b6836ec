/** The command that measures, and what the module of benchmarks brings for it. */
@NullMarked
package org.chainrule.cli.bench;

import org.jspecify.annotations.NullMarked;
