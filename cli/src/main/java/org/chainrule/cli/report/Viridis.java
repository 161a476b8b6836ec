package org.chainrule.cli.report;

/** The viridis colour map (van der Walt and Smith, 2015): even in lightness, readable by colour-blind people. */
final class Viridis {
    private static final int[] STOPS = {
        0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725,
    };

    private Viridis() {}

    /** The colour at {@code position}, 0 to 1, as {@code #rrggbb}. */
    static String at(double position) {
        double place = Math.clamp(position, 0, 1) * (STOPS.length - 1);
        int stop = Math.min((int) place, STOPS.length - 2);
        double part = place - stop;
        int colour = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = STOPS[stop] >> shift & 0xff;
            int to = STOPS[stop + 1] >> shift & 0xff;
            colour |= (int) Math.round(from + part * (to - from)) << shift;
        }
        return "#%06x".formatted(colour);
    }
}
