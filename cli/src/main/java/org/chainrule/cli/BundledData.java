package org.chainrule.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.StorageException;
import org.chainrule.data.Csv;
import org.chainrule.data.Csv.Header;
import org.chainrule.data.Dataset;
import org.chainrule.data.Table;
import org.chainrule.io.FileBytes;

/** The small data sets that come with the program; the README beside the files says what they are and whose. */
public enum BundledData {
    /** 1,797 handwritten digits, [1, 8, 8] with values from 0 to 1, of 10 classes. */
    DIGITS("digits.csv.gz") {
        @Override
        Dataset parse(FileBytes file) {
            Table table = Csv.parse(file, Header.ABSENT);
            Dataset rows = table.classification(table.lastName());
            return Dataset.ofClasses(rows.features(), new int[] {1, 8, 8}, rows.labels(), rows.classes())
                    .scaled(1 / 16.0);
        }
    },
    /** 150 iris plants, 4 measures in cm, of 3 species. */
    IRIS("iris.csv"),
    /** 178 wines, 13 measures, of 3 growers. */
    WINE("wine_data.csv"),
    /** 569 cell samples, 30 measures, malignant or benign. */
    CANCER("breast_cancer.csv");

    private final String resource;

    BundledData(String resource) {
        this.resource = resource;
    }

    /** The set that the user calls {@code name}, in any case. */
    public static Optional<BundledData> named(String name) {
        return Arrays.stream(values()).filter(each -> each.name().equalsIgnoreCase(name)).findFirst();
    }

    /** The name as a user writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the set. Features are raw measures except for the digits'. @throws StorageException if the program is incomplete */
    public Dataset load() {
        try (InputStream in = BundledData.class.getResourceAsStream("data/" + resource)) {
            if (in == null) {
                throw new StorageException("the program lacks its resource data/" + resource + "; install it again");
            }
            return parse(FileBytes.of(resource, in.readAllBytes()));
        } catch (IOException e) {
            throw new StorageException("could not read the program's resource data/" + resource, e);
        }
    }

    /** Takes apart a file whose first line is {@code samples,features,class names…}. */
    Dataset parse(FileBytes file) {
        String text = file.utf8();
        int end = text.indexOf('\n');
        List<String> head = List.of(text.substring(0, end).strip().split(","));
        Table table = Csv.parse(file.source(), text.substring(end + 1), Header.ABSENT);
        Dataset rows = table.classification(table.lastName());
        return Dataset.ofClasses(rows.features(), rows.sampleShape(), rows.labels(), head.subList(2, head.size()));
    }
}
