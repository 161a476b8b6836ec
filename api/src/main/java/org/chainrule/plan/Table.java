package org.chainrule.plan;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** A map by identity whose entries are known to be there when they are asked for. */
final class Table<K, V> {
    private final Map<K, V> entries = new IdentityHashMap<>();

    boolean has(K key) {
        return entries.containsKey(key);
    }

    V get(K key) {
        return find(key).orElseThrow(() -> new IllegalStateException("nothing is known of " + key));
    }

    Optional<V> find(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    void put(K key, V value) {
        entries.put(key, value);
    }
}
