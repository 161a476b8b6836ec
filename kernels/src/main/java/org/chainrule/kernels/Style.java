package org.chainrule.kernels;

import org.chainrule.DType;
import org.chainrule.UnsupportedOpException;

/** How much of a launch stands in the text of its function; the rest are arguments. */
enum Style {
    /** Whatever compilers make something of: functions of their own for each network, compiled where it runs. */
    OWN {
        @Override
        boolean writes(int stride) {
            return stride == 0 || stride == 1;
        }

        @Override
        boolean writes(DType type, double constant, boolean matters) {
            return matters || type == DType.BOOL || Math.abs(constant) <= 1 && constant == Math.rint(constant);
        }

        @Override
        Space space(Space s) {
            return s;
        }
    },
    /** As little as can be, so that finitely many functions, compiled beforehand, serve all networks: see {@link FixedSteps}. */
    FIXED {
        @Override
        boolean writes(int stride) {
            return false;
        }

        @Override
        boolean writes(DType type, double constant, boolean matters) {
            return false;
        }

        @Override
        Space space(Space s) {
            if (s.extents().size() > MOST_AXES) throw new UnsupportedOpException("a view of " + s.extents().size()
                    + " axes that cannot be merged has no function that was compiled beforehand, which copy at most "
                    + MOST_AXES + "; install CUDA 12's NVRTC, which compiles others, or use --backend cpu");
            return s.padded(s.extents().size() <= AXES ? AXES : MOST_AXES);
        }
    };

    /** Axes that fixed functions walk over, and those at most that copies do. */
    static final int AXES = 3, MOST_AXES = 8;

    /** Whether {@code stride}, along an axis by itself, is part of the text. */
    abstract boolean writes(int stride);

    /** Whether that constant of a formula is; {@code matters}: compilers make something of its value. */
    abstract boolean writes(DType type, double constant, boolean matters);

    /** The axes that loops go over: how many is part of the text. */
    abstract Space space(Space s);
}
