package org.chainrule.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chainrule.io.Json;

/** Builds a JSON object member by member. */
public final class JsonObject {
    private final Map<String, Json> members = new LinkedHashMap<>();

    public JsonObject with(String name, Json value) {
        members.put(name, value);
        return this;
    }

    public JsonObject with(String name, String value) {
        return with(name, new Json.Str(value));
    }

    public JsonObject with(String name, double value) {
        return with(name, new Json.Real(value));
    }

    public JsonObject with(String name, long value) {
        return with(name, new Json.Int(value));
    }

    public JsonObject with(String name, boolean value) {
        return with(name, new Json.Bool(value));
    }

    public JsonObject with(String name, List<? extends Json> values) {
        return with(name, new Json.Arr(List.copyOf(values)));
    }

    public Json.Obj build() {
        return new Json.Obj(members);
    }
}
