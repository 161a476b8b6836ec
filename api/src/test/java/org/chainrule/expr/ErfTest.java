package org.chainrule.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ErfTest {
    /** Pairs of x and erf(x) from mpmath with 50 digits, one or more for each of the approximation's intervals. */
    private static final double[] KNOWN = {
        Double.MIN_VALUE, Double.MIN_VALUE,
        1E-310, 1.1283791670955E-310,
        1E-300, 1.1283791670955126E-300,
        1E-10, 1.1283791670955126E-10,
        0.001, 0.0011283787909692365,
        0.1, 0.1124629160182849,
        0.3, 0.3286267594591274,
        0.5, 0.5204998778130465,
        0.8, 0.7421009647076605,
        0.84, 0.7651427114549945,
        0.85, 0.7706680576083526,
        0.9, 0.7969082124228322,
        1, 0.8427007929497149,
        1.1, 0.8802050695740817,
        1.24, 0.9205051842990297,
        1.26, 0.9252359418101295,
        1.5, 0.9661051464753108,
        2, 0.9953222650189527,
        2.5, 0.999593047982555,
        2.8, 0.9999249868053346,
        2.9, 0.9999589021219005,
        3.5, 0.9999992569016276,
        5, 0.9999999999984626,
        5.9, 0.9999999999999999,
        6.5, 1.0,
        27.0, 1.0
    };

    @Test
    void valuesAreWithinOneUlp() {
        for (int i = 0; i < KNOWN.length; i += 2) {
            double x = KNOWN[i], exact = KNOWN[i + 1];
            assertTrue(Math.abs(Erf.erf(x) - exact) <= Math.ulp(exact), "erf(" + x + ")");
            assertEquals(-Erf.erf(x), Erf.erf(-x));
        }
    }

    /** Pairs of x and Φ(x), by the same means. */
    private static final double[] NORMAL = {
        -38, 2.88542835E-316,
        -20.5, 1.0764673258790961E-93,
        -10, 7.619853024160525E-24,
        -6.3, 1.4882282217623127E-10,
        -3, 0.0013498980316300946,
        -2.25, 0.012224472655044703,
        -1.1, 0.13566606094638264,
        -0.3, 0.3820885778110474,
        -1E-9, 0.49999999960105773,
        0.7, 0.758036347776927,
        1.9, 0.9712834401839981,
        5, 0.9999997133484281
    };

    @Test
    void normalDistributionKeepsItsDigitsFarToTheLeft() {
        for (int i = 0; i < NORMAL.length; i += 2) {
            double x = NORMAL[i], exact = NORMAL[i + 1];
            assertTrue(Math.abs(Erf.normalCdf(x) - exact) <= 2 * Math.ulp(exact), "Φ(" + x + ")");
        }
    }

    @Test
    void normalDistributionFollowsItsDefinitionAtTheEnds() {
        assertEquals(0.5, Erf.normalCdf(0.0));
        assertEquals(0.5, Erf.normalCdf(-0.0));
        assertEquals(0.0, Erf.normalCdf(Double.NEGATIVE_INFINITY));
        assertEquals(1, Erf.normalCdf(Double.POSITIVE_INFINITY));
        assertEquals(0.0, Erf.normalCdf(-40));
        assertEquals(Double.NaN, Erf.normalCdf(Double.NaN));
    }

    @Test
    void specialValuesFollowTheDefinition() {
        assertEquals(0.0, Erf.erf(0.0));
        assertEquals(-0.0, Erf.erf(-0.0));
        assertEquals(1, Erf.erf(Double.POSITIVE_INFINITY));
        assertEquals(-1, Erf.erf(Double.NEGATIVE_INFINITY));
        assertEquals(Double.NaN, Erf.erf(Double.NaN));
    }
}
