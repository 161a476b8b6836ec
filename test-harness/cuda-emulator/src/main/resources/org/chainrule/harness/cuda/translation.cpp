#include "translation.h"
#include <cctype>
#include <set>

namespace emulator {

namespace {

bool isWord(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/** Steps through a source text by its words, leaving out comments and what stands in quotes. */
class Scanner {
  public:
    explicit Scanner(const std::string &text) : text(text) {}

    /** The next word, or the next character that is none; empty at the end. */
    std::string next() {
        skip();
        start = at;
        if (at >= text.size()) return "";
        if (text[at] == '"' || text[at] == '\'') return quoted();
        if (!isWord(text[at])) return text.substr(at++, 1);
        while (at < text.size() && isWord(text[at])) at++;
        return text.substr(start, at - start);
    }

    std::string peek() {
        size_t here = at, was = start;
        std::string word = next();
        at = here;
        start = was;
        return word;
    }

    /** To behind the parenthesis that closes the one that was just read; what stands between. */
    std::string inParentheses() {
        size_t from = at;
        for (int depth = 1; depth && at < text.size();) {
            std::string word = next();
            depth += word == "(" ? 1 : word == ")" ? -1 : 0;
        }
        return text.substr(from, at - from - 1);
    }

    size_t at = 0, start = 0;

  private:
    const std::string &text;

    std::string quoted() {
        char quote = text[at++];
        while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
        at++;
        return text.substr(start, at - start);
    }

    void skip() {
        while (at < text.size()) {
            if (isspace(static_cast<unsigned char>(text[at]))) at++;
            else if (text.compare(at, 2, "//") == 0) at = std::min(text.find('\n', at), text.size());
            else if (text.compare(at, 2, "/*") == 0) at = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
            else return;
        }
    }
};

/** The parts of an asm statement's operands: `"=f"(x)`, … gives x, …. */
std::vector<std::string> operands(const std::string &list) {
    std::vector<std::string> result;
    Scanner scanner(list);
    for (std::string word = scanner.next(); !word.empty(); word = scanner.next())
        if (word == "(") result.push_back(scanner.inParentheses());
    return result;
}

/** `"cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x)` gives `h = ptx_cvt_rn_f16_f32(x)`. */
std::string instruction(const std::string &statement) {
    Scanner scanner(statement);
    std::string text = scanner.next(), name = "ptx_";
    for (size_t i = 1; i < text.size() && (isWord(text[i]) || text[i] == '.'); i++) name += text[i] == '.' ? '_' : text[i];
    std::vector<std::string> parts;
    size_t from = scanner.at;
    for (std::string word = scanner.next(); !word.empty(); word = scanner.next()) {
        if (word == "(") scanner.inParentheses();
        if (word != ":") continue;
        parts.push_back(statement.substr(from, scanner.start - from));
        from = scanner.at;
    }
    parts.push_back(statement.substr(from));
    std::string call = name + "(";
    if (parts.size() > 2)
        for (const std::string &operand : operands(parts[2])) call += (call.back() == '(' ? "" : ", ") + operand;
    call += ")";
    std::vector<std::string> results = parts.size() > 1 ? operands(parts[1]) : std::vector<std::string>();
    return results.empty() ? call : results[0] + " = " + call;
}

/** Names of macros whose text marks a kernel. */
std::set<std::string> kernelMarks(const std::string &source) {
    std::set<std::string> marks = {"__global__"};
    for (size_t at = source.find("#define"); at != std::string::npos; at = source.find("#define", at + 1)) {
        std::string line = source.substr(at + 7, source.find('\n', at) - at - 7);
        if (line.find("__global__") != std::string::npos) marks.insert(Scanner(line).next());
    }
    return marks;
}

} // namespace

std::string translate(const std::string &source, const std::string &name, std::vector<std::string> &kernels) {
    std::string unit = "#line 1 \"" + name + "\"\n", table, count;
    std::set<std::string> marks = kernelMarks(source);
    Scanner scanner(source);
    size_t copied = 0;
    auto copyTo = [&](size_t end) {
        unit.append(source, copied, end - copied);
        copied = end;
    };
    for (std::string word = scanner.next(); !word.empty(); word = scanner.next()) {
        size_t start = scanner.start;
        if (word == "#" && scanner.peek() == "define") {
            while (scanner.at < source.size() && source[scanner.at] != '\n') scanner.at += source[scanner.at] == '\\' ? 2 : 1;
        } else if (word == "asm" || word == "__asm__") {
            if (scanner.peek() == "volatile") scanner.next();
            if (scanner.peek() != "(") continue;
            copyTo(start);
            scanner.next();
            unit += instruction(scanner.inParentheses());
            copied = scanner.at;
        } else if (word == "extern" && scanner.peek() == "__shared__") {
            copyTo(start);
            scanner.next();
            std::string type, last;
            for (word = scanner.next(); word != "[" && !word.empty(); word = scanner.next()) {
                type += (type.empty() ? "" : " ") + last;
                last = word;
                if (word == "__align__") {
                    scanner.next();
                    scanner.inParentheses();
                    last = "";
                }
            }
            while (scanner.peek() == "]") scanner.next();
            unit += type + " *const " + last + " = (" + type + " *)simt_dynamic_shared()";
            copied = scanner.at;
        } else if (marks.count(word)) {
            // what stands between the mark and the name is repeated, for the launch bounds in it
            std::string kernel = word;
            for (word = scanner.next(); !word.empty() && word != ";" && word != "{"; word = scanner.next()) {
                bool bounds = marks.count(kernel) || kernel == "__launch_bounds__";
                if (word == "(" && !bounds) break;
                if (word == "(") scanner.inParentheses();
                else kernel = word;
            }
            if (word != "(") continue;
            std::string before = source.substr(start, scanner.start - start);
            before = before.substr(0, before.rfind(kernel));
            if (size_t at = before.find("void"); at != std::string::npos) before.erase(at, 4);
            std::string space = "simt_of_" + kernel;
            table += "namespace " + space + " { " + before + " void simt_declared(); constexpr unsigned bound = simt_bound; }\n";
            count += "SimtEntry<&" + kernel + ">::kernel(\"" + kernel + "\", " + space + "::bound), ";
            kernels.push_back(kernel);
        }
    }
    copyTo(source.size());
    return unit + "\n#undef __launch_bounds__\n#define __launch_bounds__(n, ...) ; enum { simt_bound = (n) }; extern \"C\"\nenum { simt_bound = 1024 };\n" + table
           + "extern \"C\" { extern const SimtKernel simt_kernels[]; extern const unsigned simt_kernel_count; }\n" + "const SimtKernel simt_kernels[] = { "
           + count + "{} };\nconst unsigned simt_kernel_count = " + std::to_string(kernels.size()) + ";\n";
}

} // namespace emulator
