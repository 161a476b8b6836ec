package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.harness.analysis.Arithmetic;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The analysis that decides what float32 may give: wide enough for every correct result, and no wider than it must be. */
final class RunningErrorTest {
    private final Session session = Session.open("reference");

    @AfterEach
    void close() {
        session.close();
    }

    private Bound bound(Tensor t) {
        List<Bound> all = RunningError.in(Arithmetic.F32).bounds(t);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private Tensor floats(float... values) {
        return session.tensor(values);
    }

    @Test
    void oneSumAdmitsItsRoundingAlone() {
        float a = 0.1f, b = 0.7f;
        Bound sum = bound(floats(a).plus(floats(b)));
        assertThat(sum.admits(a + b)).isTrue();
        assertThat(sum.admits(Math.nextUp(a + b))).isFalse();
        assertThat(sum.admits(Math.nextDown(a + b))).isFalse();
    }

    /** Both sums are 1 in single precision, and the first is the greatest; in double precision the second is. */
    @Test
    void positionOfTheGreatestAdmitsAnEarlierOneThatRoundingMadeEqual() {
        Bound position = bound(floats(0x1p-40f, 0x1p-30f, 0).plus(1).argmax(0));
        assertThat(position.admits(0)).isTrue();
        assertThat(position.admits(1)).isTrue();
        assertThat(position.admits(2)).isFalse();
    }

    @Test
    void exponentialAdmitsItsLimitAndNoMore() {
        float y = (float) Math.exp(0.3f);
        Bound exp = bound(floats(0.3f).exp());
        assertThat(exp.admits(y)).isTrue();
        assertThat(exp.admits(y + 3 * Math.ulp(y))).isFalse();
        assertThat(exp.admits(y - 3 * Math.ulp(y))).isFalse();
    }

    @Test
    void cancellationWidensTheBoundByTheErrorOfTheTerms() {
        Tensor x = floats(1 / 3f);
        Bound rest = bound(x.exp().minus(Math.exp(1 / 3f)));
        assertThat(rest.greatest()).isBetween(0x1p-23, 0x1p-21);
        assertThat(rest.admits(0x1p-18)).isFalse();
    }

    @Test
    void sumsMayBeTakenInAnyOrder() {
        Bound sum = bound(floats(0x1p24f, 1, -0x1p24f).sum());
        assertThat(sum.admits(0)).isTrue();
        assertThat(sum.admits(1)).isTrue();
        assertThat(sum.admits(100)).isFalse();
    }

    @Test
    void wholeNumbersAreCountedExactly() {
        Bound count = bound(floats(1, 1, 0, 1).sum());
        assertThat(count.least()).isEqualTo(3);
        assertThat(count.greatest()).isEqualTo(3);
    }

    @Test
    void comparisonThatRoundingMayTurnAdmitsBothBranches() {
        Tensor x = floats(0.1f), nearlyEqual = x.exp().log();
        Bound step = bound(nearlyEqual.lt(x).where(floats(10), floats(20)));
        assertThat(step.admits(10)).isTrue();
        assertThat(step.admits(20)).isTrue();
        Bound certain = bound(x.lt(floats(0.2f)).where(floats(10), floats(20)));
        assertThat(certain.admits(20)).isFalse();
    }

    @Test
    void overflowIsInfinityAlone() {
        Bound square = bound(floats(1e30f).square());
        assertThat(square.admits(Double.POSITIVE_INFINITY)).isTrue();
        assertThat(square.admits(Double.NaN)).isFalse();
    }

    @Test
    void onlyNaNIsAdmittedWhereOnlyNaNIsRight() {
        Bound root = bound(floats(-1).sqrt());
        assertThat(root.admits(Double.NaN)).isTrue();
        assertThat(root.admits(0)).isFalse();
        assertThat(bound(floats(1).sqrt()).admits(Double.NaN)).isFalse();
    }

    @Test
    void rangesAreCarriedThroughAssignments() {
        Tensor p = floats(1 / 3f), next = p.exp();
        Bound carried = RunningError.in(Arithmetic.F32).after(Map.of(p, next)).bounds(p.plus(1)).getFirst();
        Bound direct = bound(next.plus(1));
        assertThat(carried).isEqualTo(direct);
        assertThat(carried).isNotEqualTo(bound(p.plus(1)));
    }

    @Test
    void hostScalarIsAskedForOnceInEachAnalysisAndRounded() {
        double[] supplied = {0};
        Tensor rate = session.hostScalar(DType.F32, () -> supplied[0] += 0.1), sum = rate.plus(rate);
        for (double v : new double[] {0.1, 0.2})
            assertThat(bound(sum)).isEqualTo(new Bound(2 * (float) v, 2 * v, 2 * (float) v, false));
    }

    @Test
    void whatMayBeZeroOrNotMayBeEither() {
        Tensor x = floats(0.1f), zero = x.exp().log().minus(x), nonZero = floats(1);
        Bound either = bound(zero.ne(0).and(nonZero.ne(0)));
        assertThat(either.admits(0) && either.admits(1)).isTrue();
        assertThat(bound(Tensor.map(Ops.AND, zero, nonZero)).admits(0)).isTrue();
        assertThat(bound(Tensor.map(Ops.OR, zero, nonZero))).isEqualTo(new Bound(1, 1, 1, false));
    }

    @Test
    void zeroTimesWhatMayBeInfiniteMayBeZero() {
        Tensor x = floats(0.1f), any = floats(1).over(x.exp().log().minus(x));
        assertThat(bound(any.times(floats(0))).admits(0)).isTrue();
        assertThat(bound(any.times(floats(0))).admits(1)).isFalse();
    }

    @Test
    void updateAtAnUncertainIndexMayGoToEachPlace() {
        Tensor x = floats(0.1f), near = Tensor.concat(0, x.exp().log(), x), index = near.argmax(Axes.of(0).keep());
        List<Bound> sums = RunningError.ofEachDtype()
                .bounds(floats(0, 0, 0).scatterAdd(0, index, floats(2)));
        assertThat(sums.get(0).admits(0) && sums.get(0).admits(2)).isTrue();
        assertThat(sums.get(1).admits(0) && sums.get(1).admits(2)).isTrue();
        assertThat(sums.get(2).admits(2)).isFalse();
    }

    @Test
    void wholeNumbersAreExactBeyondFloats() {
        Tensor n = session.tensor((1 << 24) + 1);
        assertThat(RunningError.ofEachDtype().bounds(n.plus(2)).getFirst().least()).isEqualTo((1 << 24) + 3);
    }

    @Test
    void whatMayWrapAsAnIntegerMayBeAnyInteger() {
        Tensor x = floats(0.1f), any = floats(1).over(x.exp().log().minus(x));
        Bound whole = RunningError.ofEachDtype().bounds(any.to(DType.I32)).getFirst();
        assertThat(whole.admits(Integer.MIN_VALUE) && whole.admits(1) && whole.admits(Integer.MAX_VALUE)).isTrue();
    }

    @Test
    void productsOfIntegersWrap() {
        Tensor six = session.tensor(-40, -40, -40, -40, -40, -40);
        assertThat(RunningError.ofEachDtype().bounds(six.prod()).getFirst().admits(six.prod().item())).isTrue();
        Tensor big = session.tensor(259_331_109);
        assertThat(RunningError.ofEachDtype().bounds(big.square()).getFirst().admits(big.square().item())).isTrue();
    }

    @Test
    void firstOfWhatFloatsCannotTellApartMayWin() {
        Tensor huge = floats(100, 200).exp();
        Bound position = RunningError.ofEachDtype().bounds(huge.argmax(0)).getFirst();
        assertThat(position.admits(0)).isTrue();
        Bound certain = RunningError.ofEachDtype().bounds(floats(2, 1, 2).argmax(0)).getFirst();
        assertThat(certain.admits(0)).isTrue();
        assertThat(certain.admits(2)).isFalse();
    }
}
