# find_java_home: prints the home of a JDK 25 or newer: CHAINRULE_JAVA_HOME if set, else JAVA_HOME, the PATH or a usual place.
find_java_home() (
    set +f
    if [ -n "${CHAINRULE_JAVA_HOME:-}" ]; then
        set -- "$CHAINRULE_JAVA_HOME"
    else
        on_path=$(command -v java || true)
        [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
        set -- "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home
    fi
    for home do
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
        if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/javac" ]; then
            echo "$home"
            return
        fi
    done
    if [ -n "${CHAINRULE_JAVA_HOME:-}" ]; then
        echo "CHAINRULE_JAVA_HOME=$CHAINRULE_JAVA_HOME is not a JDK 25 or newer" >&2
    else
        echo "Chainrule needs a JDK 25 or newer: install one (Temurin, or Debian's openjdk-25-jdk), or name it in CHAINRULE_JAVA_HOME" >&2
    fi
    return 2
)
