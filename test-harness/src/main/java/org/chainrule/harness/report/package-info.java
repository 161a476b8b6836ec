/** Files written from what a run of the suite did: tables for people, and the ledger of accuracy. */
@NullMarked
package org.chainrule.harness.report;

import org.jspecify.annotations.NullMarked;
