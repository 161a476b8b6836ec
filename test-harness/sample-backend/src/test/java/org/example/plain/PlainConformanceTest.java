package org.example.plain;

import org.chainrule.harness.BackendConformance;

class PlainConformanceTest extends BackendConformance {
    PlainConformanceTest() {
        super("plain");
    }
}
