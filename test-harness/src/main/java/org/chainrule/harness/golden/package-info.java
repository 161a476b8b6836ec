/** Results that another library recorded, and their comparison with a backend. */
@NullMarked
package org.chainrule.harness.golden;

import org.jspecify.annotations.NullMarked;
