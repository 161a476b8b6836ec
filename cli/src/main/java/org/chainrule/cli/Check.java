package org.chainrule.cli;

import java.util.Locale;
import org.chainrule.io.Json;

/**
 * What {@code doctor} found.
 *
 * @param state  whether it is as it should be
 * @param topic  what was looked at
 * @param detail what is there, or what is not
 * @param remedy what to do about it; empty if nothing need be done
 */
record Check(State state, String topic, String detail, String remedy) {
    enum State {
        /** As it should be. */
        OK,
        /** Works, with a disadvantage. */
        WARN,
        /** Cannot be used. */
        MISSING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String topic, String detail) {
        return new Check(State.OK, topic, detail, "");
    }

    static Check warn(String topic, String detail, String remedy) {
        return new Check(State.WARN, topic, detail, remedy);
    }

    static Check missing(String topic, String detail, String remedy) {
        return new Check(State.MISSING, topic, detail, remedy);
    }

    /** Whether something could be done about it here. */
    boolean couldBeBetter() {
        return state == State.WARN || state == State.MISSING;
    }

    boolean isOk() {
        return state == State.OK;
    }

    Json json() {
        return new JsonObject().with("topic", topic).with("state", state.toString()).with("detail", detail)
                .with("remedy", remedy).build();
    }
}
