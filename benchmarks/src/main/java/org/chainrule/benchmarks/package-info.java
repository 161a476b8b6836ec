/** JMH benchmarks of kernels, and whole trainings beside other libraries. */
@NullMarked
package org.chainrule.benchmarks;

import org.jspecify.annotations.NullMarked;
