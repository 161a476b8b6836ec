package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** The samples that the network got most wrong, as pictures or as rows of feature values. */
record MistakesCard(List<Mistake> mistakes) {
    private static final int MAX_SHOWN = 24;
    private static final int MAX_COLUMNS = 12;

    void write(Html html) {
        var images = new ArrayList<Picture>();
        var rows = new ArrayList<Row>();
        for (var mistake : mistakes.subList(0, Math.min(MAX_SHOWN, mistakes.size()))) {
            switch (mistake.input()) {
                case GrayImage image -> images.add(new Picture(mistake, image));
                case Input.Features features -> rows.add(new Row(mistake, features));
            }
        }
        html.nest("section.card.wide", () -> {
            html.leaf("h2", "Worst mistakes").line();
            html.leaf("p.lead", "Wrong with the greatest confidence, the worst first.").line();
            if (!images.isEmpty()) {
                gallery(html, images);
            }
            if (!rows.isEmpty()) {
                table(html, rows);
            }
        });
    }

    private record Picture(Mistake mistake, GrayImage image) {}

    private record Row(Mistake mistake, Input.Features features) {}

    private static void gallery(Html html, List<Picture> pictures) {
        html.nest("div.gallery", () -> {
            for (var picture : pictures) {
                var mistake = picture.mistake();
                html.open("figure");
                html.empty("img", "src", Png.dataUri(picture.image()), "width",
                        Integer.toString(picture.image().width()),
                        "height", Integer.toString(picture.image().height()), "alt",
                        "%s, taken for %s with confidence %s"
                                .formatted(mistake.truth(), mistake.predicted(), Format.percent(mistake.confidence())));
                html.open("figcaption");
                html.leaf("strong.truth", mistake.truth()).text(" read as ").leaf("strong.predicted",
                        mistake.predicted());
                html.leaf("span.confidence", Format.percent(mistake.confidence()));
                html.close().close().line();
            }
        });
    }

    private static void table(Html html, List<Row> rows) {
        SequencedSet<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.features().values().sequencedKeySet()));
        var columns = names.stream().limit(MAX_COLUMNS).toList();
        html.open("div.scroll").open("table").open("thead").open("tr");
        for (var heading : List.of("true", "predicted")) {
            html.leaf("th", heading, "scope", "col");
        }
        html.leaf("th.number", "confidence", "scope", "col");
        columns.forEach(name -> html.leaf("th.number", name, "scope", "col"));
        html.close().close().open("tbody");
        for (var row : rows) {
            html.open("tr").leaf("td.truth", row.mistake().truth()).leaf("td.predicted", row.mistake().predicted());
            html.leaf("td.number", Format.percent(row.mistake().confidence()));
            for (var name : columns) {
                var value = row.features().values().get(name);
                html.leaf("td.number", value == null ? "" : Format.number(value));
            }
            html.close().line();
        }
        html.close().close().close();
        if (names.size() > columns.size()) {
            html.leaf("p.note", "The first %d of %d features are shown.".formatted(columns.size(), names.size()));
        }
    }
}
