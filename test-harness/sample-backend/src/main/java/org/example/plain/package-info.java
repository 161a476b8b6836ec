/** A backend as plain as can be: the example that docs/contribute-a-backend.md walks through. */
@NullMarked
package org.example.plain;

import org.jspecify.annotations.NullMarked;
