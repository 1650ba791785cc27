/* Identity: what a finding is called, whoever the subject is and whatever the numbers.
 *
 * An id is the checker's and eight hexadecimal digits, as in forward-9c1f02ab: the
 * 32-bit FNV-1a hash (Fowler, Noll and Vo) of checker, claim, the class of the problem
 * and the cause in its words.  The numbers of the cause are left out, and the subject's
 * name, so that the same failure of another seed, size or subject has the same id; many
 * findings of one run may share it. */
#ifndef WCK_VERDICT_IDENTITY_H
#define WCK_VERDICT_IDENTITY_H

#include "src/base/text.h"
#include "src/verdict/finding.h"

/* Sets finding->id; `problem_class` is as wck_problem_class says it. */
void wck_finding_identify(struct wck_finding *finding, const char *problem_class);

/* Appends the text with every number in it as '#', and without the name; NULL is
 * nothing. */
void wck_identity_words(const char *cause, const char *name, struct wck_text *words);

#endif
