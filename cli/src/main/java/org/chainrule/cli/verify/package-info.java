/** The conformance suite on the user's device. */
@NullMarked
package org.chainrule.cli.verify;

import org.jspecify.annotations.NullMarked;
