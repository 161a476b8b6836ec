/** How fast a device computes, beside what it can do at most. */
@NullMarked
package org.chainrule.harness.perf;

import org.jspecify.annotations.NullMarked;
