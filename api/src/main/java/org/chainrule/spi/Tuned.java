package org.chainrule.spi;

/**
 * The fastest of the forms in which a device can compute something.
 *
 * @param kernel       what it computes, with its size
 * @param flops        floating-point operations of one run
 * @param form         the fastest form
 * @param seconds      its median time
 * @param usualForm    the form that is taken untuned
 * @param usualSeconds its median time in the same rounds
 * @param tried        forms whose results were right
 * @param refused      forms that the driver does not compile, that do not fit or whose results were wrong
 */
public record Tuned(String kernel, double flops, String form, double seconds, String usualForm, double usualSeconds,
        int tried, int refused) {}
