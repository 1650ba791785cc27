/* Conform: does a worker keep to the protocol of doc/protocol.md?  Clause by clause, by
 * calls of the harness's own convention; what the answers are worth is verify's. */
#ifndef WCK_RUN_CONFORM_H
#define WCK_RUN_CONFORM_H

#include "src/subject/subject.h"
#include "src/verdict/finding.h"

#define WCK_CONFORM_WHY 500

/* ROW(enumerator, name, section of doc/protocol.md, what it asks for) */
#define WCK_CLAUSES(ROW)                                                               \
    ROW(GREETING, "greeting", "Messages", "greets back, with a version known here")    \
    ROW(FORWARD, "forward", "Messages", "answers forward in a type that it serves")    \
    ROW(TYPES, "types", "Messages", "answers or refuses each type")                    \
    ROW(LAYOUTS, "layouts", "Messages", "answers or refuses each layout")              \
    ROW(VJP, "vjp", "Messages", "answers vjp, or refuses it")                          \
    ROW(JVP, "jvp", "Messages", "answers jvp, or refuses it")                          \
    ROW(SECOND, "second", "Messages", "answers second, or refuses it")                 \
    ROW(REPEAT, "repeat", "Messages", "answers the same call alike")                   \
    ROW(SIZES, "sizes", "Shared memory", "serves images of 1x1, 1x7 and 211x223")      \
    ROW(OUTPUTS, "outputs", "Shared memory", "writes its outputs, all and only them")  \
    ROW(SILENCE, "silence", "Messages", "says no more than was asked for")             \
    ROW(PIPE, "pipe", "Descriptors", "answers by pipe as in shared memory")            \
    ROW(UNKNOWN, "unknown-keys", "Messages", "ignores keys that it does not know")     \
    ROW(REFUSAL, "refusal", "Messages", "says so where it knows no such kernel")       \
    ROW(ALIVE, "alive", "Messages", "answers after a refusal")                         \
    ROW(END, "end", "Messages", "exits with status 0 when requests close")

#define WCK_CLAUSE_ENUM(id, name, section, text) WCK_CLAUSE_##id,
enum wck_clause { WCK_CLAUSES(WCK_CLAUSE_ENUM) WCK_CLAUSE_COUNT };
#undef WCK_CLAUSE_ENUM

struct wck_clause_row {
    const char *name, *section, *summary;
};
extern const struct wck_clause_row wck_clauses[WCK_CLAUSE_COUNT];

struct wck_conformity {
    enum wck_verdict verdict; /* pass, fail or not-applicable */
    char why[WCK_CONFORM_WHY];
};

/* Fills in all clauses.  WCK_INVALID where there is no such program, WCK_IO and
 * WCK_NO_MEMORY where the tests could not be made; what the worker does is a verdict.
 */
enum wck_status wck_conform(struct wck_conformity results[WCK_CLAUSE_COUNT],
                            char *const *argv,
                            const struct wck_subject_options *options,
                            struct wck_error *err);

#endif
