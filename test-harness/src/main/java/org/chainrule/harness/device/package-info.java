/** Devices around a device: they change or watch what passes. */
@NullMarked
package org.chainrule.harness.device;

import org.jspecify.annotations.NullMarked;
