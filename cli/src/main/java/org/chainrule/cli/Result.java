package org.chainrule.cli;

import org.chainrule.io.Json;

/**
 * How a command ended.
 *
 * @param status what the process tells the shell
 * @param json   what {@code --json} prints
 */
public record Result(int status, Json.Obj json) {
    /** Success. */
    public static Result of(Json.Obj json) {
        return new Result(Main.OK, json);
    }
}
