package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chainrule.Shape;
import org.chainrule.plan.Layout;
import org.junit.jupiter.api.Test;

class SpaceTest {
    private static final Layout PLAIN = Layout.of(Shape.of(2, 3, 4));

    private static Space of(boolean merges, Layout... layouts) {
        return Space.of(List.of(0, 1, 2), List.of(layouts), merges, new int[] {2, 3, 4});
    }

    @Test
    void axesThatAllOperandsWalkLikeOneAreMerged() {
        assertThat(of(true, PLAIN, PLAIN)).isEqualTo(new Space(List.of(24), List.of(List.of(1), List.of(1))));
    }

    @Test
    void aBroadcastOperandKeepsItsAxisApart() {
        Layout row = new Layout(Shape.of(2, 3, 4), 0, 0, 0, 1);
        assertThat(of(true, PLAIN, row)).isEqualTo(new Space(List.of(6, 4), List.of(List.of(4, 1), List.of(0, 1))));
    }

    @Test
    void aScalarWalksAlongWithEverything() {
        Layout scalar = new Layout(Shape.of(2, 3, 4), 5, 0, 0, 0);
        assertThat(of(true, PLAIN, scalar).extents()).containsExactly(24);
    }

    @Test
    void nothingIsMergedWhereCoordinatesAreAskedFor() {
        assertThat(of(false, PLAIN).extents()).containsExactly(2, 3, 4);
    }

    @Test
    void transposedAxesStayApart() {
        Layout transposed = new Layout(Shape.of(2, 3, 4), 0, 1, 2, 6);
        assertThat(of(true, transposed, PLAIN).extents()).containsExactly(2, 3, 4);
    }

    @Test
    void axesOfOneIndexPadWithoutChangingPlaces() {
        assertThat(new Space(List.of(24), List.of(List.of(1), List.of(0))).padded(3)).isEqualTo(
                new Space(List.of(24, 1, 1), List.of(List.of(1, 0, 0), List.of(0, 0, 0))));
    }

    @Test
    void aSingleElementIsARowOfOne() {
        Space single = Space.of(List.of(), List.of(PLAIN, PLAIN), true, new int[] {});
        assertThat(single.asRows()).isEqualTo(new Space(List.of(1), List.of(List.of(1), List.of(1))));
        assertThat(of(true, PLAIN).asRows()).isEqualTo(of(true, PLAIN));
    }

    @Test
    void onlyOneAxisOfNeighboursAndSingleElementsIsARow() {
        Layout row = new Layout(Shape.of(2, 3, 4), 0, 0, 0, 1), scalar = new Layout(Shape.of(2, 3, 4), 5, 0, 0, 0),
                everySecond = new Layout(Shape.of(2, 3, 4), 0, 24, 8, 2);
        assertThat(of(true, PLAIN, scalar).isRow()).isTrue();
        assertThat(of(true, PLAIN, everySecond).isRow()).isFalse();
        assertThat(of(true, PLAIN, row).isRow()).isFalse();
    }

    @Test
    void whatHasAxesEnoughIsNotPadded() {
        assertThat(of(true, PLAIN).atLeast(2)).isEqualTo(new Space(List.of(24, 1), List.of(List.of(1, 0))));
        assertThat(of(false, PLAIN).atLeast(2)).isEqualTo(of(false, PLAIN));
    }
}
