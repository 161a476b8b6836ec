/**
 * What a training run leaves behind for people: {@link org.chainrule.cli.report.RunReport report.html} and
 * {@link org.chainrule.cli.report.MetricsCsv metrics.csv}. Plain data in, files out; nothing here knows tensors.
 */
@NullMarked
package org.chainrule.cli.report;

import org.jspecify.annotations.NullMarked;
