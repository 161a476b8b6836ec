package org.chainrule.cli;

/** The {@code chainrule} program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("usage: chainrule <command> [options]");
    }
}
