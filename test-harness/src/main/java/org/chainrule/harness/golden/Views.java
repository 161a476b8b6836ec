package org.chainrule.harness.golden;

import java.util.Arrays;
import org.chainrule.DataFormatException;
import org.chainrule.Tensor;

/** Views of a tensor as PyTorch writes them: {@code transpose(0, 1)}, {@code [::2, 1::3]}, {@code [:, 2]}. */
final class Views {
    private Views() {}

    static Tensor apply(Tensor base, String view) {
        String v = view.strip();
        if (v.startsWith("[") && v.endsWith("]")) return indexed(base, v.substring(1, v.length() - 1));
        int open = v.indexOf('(');
        if (open < 0 || !v.endsWith(")")) throw unknown(view);
        String inside = v.substring(open + 1, v.length() - 1).replaceAll("[\\s\\[\\]]", "");
        int[] args = inside.isEmpty() ? new int[0]
                : Arrays.stream(inside.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        return switch (v.substring(0, open)) {
            case "t" -> base.t();
            case "transpose" -> base.transpose(args[0], args[1]);
            case "permute" -> base.permute(args);
            case "expand" -> base.expand(args);
            case "reshape", "view" -> base.reshape(args);
            default -> throw unknown(view);
        };
    }

    private static Tensor indexed(Tensor base, String indices) {
        Tensor t = base;
        int axis = 0;
        for (String index : indices.split(",", -1)) {
            String[] part = index.strip().split(":", -1);
            if (part.length == 1) {
                t = t.select(axis, Integer.parseInt(part[0].strip()));
            } else {
                t = t.slice(axis, number(part, 0, 0), number(part, 1, t.shape().dim(axis)), number(part, 2, 1));
                axis++;
            }
        }
        return t;
    }

    private static int number(String[] part, int i, int otherwise) {
        return i >= part.length || part[i].isBlank() ? otherwise : Integer.parseInt(part[i].strip());
    }

    private static DataFormatException unknown(String view) {
        return new DataFormatException("view '" + view + "' is not known");
    }
}
