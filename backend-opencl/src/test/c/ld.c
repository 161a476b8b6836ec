// Links what PoCL makes of a kernel: one object file whose code calls nothing outside of it and has no variables. There is next to nothing to do for a linker,
// and those there are take longer to start, and to read the libraries that they are told, than LLVM takes for the code. Whatever else is asked is passed on to NEXT.
//
//     cc -O2 -static -DNEXT='"/usr/bin/ld"' -o ld ld.c
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
enum { CODE, VARIABLES, DYNAMIC, STACK, SEGMENTS };

static unsigned char *object;
static size_t size;
static Elf64_Ehdr *header;
static Elf64_Shdr *sections;

static int isRead(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about)) return 0;
    size = (size_t)about.st_size;
    object = malloc(size + 1);
    int whole = object && size >= sizeof *header && fread(object, 1, size, file) == size;
    fclose(file);
    header = (Elf64_Ehdr *)object;
    sections = (Elf64_Shdr *)(object + (whole ? header->e_shoff : 0));
    return whole && !memcmp(object, ELFMAG "\2\1", 6) && header->e_type == ET_REL && header->e_machine == EM_X86_64;
}

/** Whether it is loaded. Tables for unwinding are not: nothing is thrown through a kernel. */
static int isKept(const Elf64_Shdr *s) {
    const char *name = (char *)object + sections[header->e_shstrndx].sh_offset + s->sh_name;
    return s->sh_flags & SHF_ALLOC && s->sh_size && s->sh_type != SHT_X86_64_UNWIND && strcmp(name, ".eh_frame");
}

static const Elf64_Sym *symbols(const Elf64_Shdr *table) { return (Elf64_Sym *)(object + table->sh_offset); }

/** Whether it is one of the object's own, in a section that is loaded. */
static int isOwn(const Elf64_Sym *s) { return s->st_shndx != SHN_UNDEF && s->st_shndx < SHN_LORESERVE && isKept(sections + s->st_shndx); }

static size_t aligned(size_t at, size_t to) { return to > 1 ? (at + to - 1) / to * to : at; }

/** Puts addresses into the code of a section; false where one is of another kind than that of a symbol of its own, as far from the instruction as it says. */
static int isRelocated(const Elf64_Shdr *relocations) {
    const Elf64_Shdr *target = sections + relocations->sh_info;
    const Elf64_Sym *all = symbols(sections + relocations->sh_link);
    const Elf64_Rela *r = (Elf64_Rela *)(object + relocations->sh_offset), *end = r + relocations->sh_size / sizeof *r;
    for (; r < end; r++) {
        const Elf64_Sym *s = all + ELF64_R_SYM(r->r_info);
        uint32_t type = ELF64_R_TYPE(r->r_info);
        if ((type != R_X86_64_PC32 && type != R_X86_64_PLT32) || !isOwn(s)) return 0;
        int64_t distance = (int64_t)(sections[s->st_shndx].sh_addr + s->st_value - target->sh_addr - r->r_offset) + r->r_addend;
        int32_t value = (int32_t)distance;
        if (value != distance) return 0;
        memcpy(object + target->sh_offset + r->r_offset, &value, sizeof value);
    }
    return 1;
}

static int isLinked(const char *path) {
    const Elf64_Shdr *table = NULL, *end = sections + header->e_shnum;
    for (Elf64_Shdr *s = sections; s < end; s++) {
        if (s->sh_type == SHT_SYMTAB) table = s;
        if (isKept(s) && (s->sh_type != SHT_PROGBITS || s->sh_flags & (SHF_WRITE | SHF_TLS))) return 0;
    }
    if (!table) return 0;
    size_t count = table->sh_size / sizeof(Elf64_Sym), names = sections[table->sh_link].sh_size, exported = 1;
    Elf64_Sym *exports = calloc(count + 1, sizeof *exports);
    for (const Elf64_Sym *s = symbols(table); s < symbols(table) + count; s++)
        if (ELF64_ST_BIND(s->st_info) != STB_LOCAL && isOwn(s)) exports[exported++] = *s;
    if (exported == 1) return 0;

    // the header, segments, symbols, their names, a hash table that is one chain, the sections, and what the loader reads first, which it writes to
    size_t symbolsAt = sizeof *header + SEGMENTS * sizeof(Elf64_Phdr), namesAt = symbolsAt + exported * sizeof *exports;
    size_t hashAt = aligned(namesAt + names, 8), at = hashAt + 4 * (3 + exported);
    for (Elf64_Shdr *s = sections; s < end; s++)
        if (isKept(s)) at = (s->sh_addr = aligned(at, s->sh_addralign)) + s->sh_size;
    for (const Elf64_Shdr *s = sections; s < end; s++) {
        if (s->sh_type == SHT_REL) return 0;
        if (s->sh_type == SHT_RELA && isKept(sections + s->sh_info) && !isRelocated(s)) return 0;
    }
    for (size_t i = 1; i < exported; i++) {
        exports[i].st_value += sections[exports[i].st_shndx].sh_addr;
        exports[i].st_shndx = 1;
    }
    size_t dynamicAt = aligned(at, 8);
    const Elf64_Dyn dynamic[] = {{DT_SYMTAB, {symbolsAt}}, {DT_SYMENT, {sizeof *exports}}, {DT_STRTAB, {namesAt}}, {DT_STRSZ, {names}}, {DT_HASH, {hashAt}}, {DT_NULL, {0}}};
    const Elf64_Phdr segments[SEGMENTS] = {
        [CODE] = {PT_LOAD, PF_R | PF_X, 0, 0, 0, at, at, PAGE},
        [VARIABLES] = {PT_LOAD, PF_R | PF_W, dynamicAt, dynamicAt + PAGE, dynamicAt + PAGE, sizeof dynamic, sizeof dynamic, PAGE},
        [DYNAMIC] = {PT_DYNAMIC, PF_R | PF_W, dynamicAt, dynamicAt + PAGE, dynamicAt + PAGE, sizeof dynamic, sizeof dynamic, 8},
        [STACK] = {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16}};

    unsigned char *all = calloc(1, dynamicAt + sizeof dynamic);
    Elf64_Ehdr library = *header;
    library.e_type = ET_DYN;
    library.e_phoff = sizeof library;
    library.e_phentsize = sizeof *segments;
    library.e_phnum = SEGMENTS;
    library.e_shoff = library.e_shnum = library.e_shstrndx = 0;
    memcpy(all, &library, sizeof library);
    memcpy(all + library.e_phoff, segments, sizeof segments);
    memcpy(all + symbolsAt, exports, exported * sizeof *exports);
    memcpy(all + namesAt, object + sections[table->sh_link].sh_offset, names);
    uint32_t *hash = (uint32_t *)(all + hashAt), *chain = hash + 3;
    hash[0] = 1;
    hash[1] = (uint32_t)exported;
    hash[2] = 1;
    for (uint32_t i = 1; i + 1 < exported; i++) chain[i] = i + 1;
    for (const Elf64_Shdr *s = sections; s < end; s++)
        if (isKept(s)) memcpy(all + s->sh_addr, object + s->sh_offset, s->sh_size);
    memcpy(all + dynamicAt, dynamic, sizeof dynamic);

    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    int whole = fwrite(all, 1, dynamicAt + sizeof dynamic, file) == dynamicAt + sizeof dynamic;
    return fclose(file) == 0 && whole && chmod(path, 0755) == 0;
}

int main(int count, char **arguments) {
    const char *output = NULL, *input = NULL;
    int shared = 0, others = 0;
    for (int i = 1; i < count; i++) {
        const char *a = arguments[i], *file = strrchr(a, '/');
        file = file ? file + 1 : a;
        if (!strcmp(a, "-o") && i + 1 < count) output = arguments[++i];
        else if (!strcmp(a, "-shared")) shared = 1;
        else if ((!strcmp(a, "-m") || !strcmp(a, "-z") || !strcmp(a, "-hash-style") || !strcmp(a, "-dynamic-linker")) && i + 1 < count) i++;
        else if (!strncmp(a, "-T", 2) || !strncmp(a, "--version-script", 16) || !strcmp(a, "--whole-archive")) others++;
        else if (*a != '-' && strncmp(file, "crt", 3)) {
            others += input != NULL;
            input = a;
        }
    }
    if (shared && output && input && !others && isRead(input) && isLinked(output)) return 0;
    execv(NEXT, arguments);
    perror(NEXT);
    return 1;
}
