#include "src/subject/lost.h"

#include <string.h>

static void add(struct wck_lost *lost, const char *name)
{
    for (size_t i = 0; i < lost->count; i++) {
        if (strcmp(lost->names[i], name) == 0)
            return;
    }
    if (lost->count < WCK_LOST_NAMES)
        lost->names[lost->count++] = name;
}

void wck_lost_note(struct wck_lost *lost, const struct wck_question *question,
                   const struct wck_answer *answer)
{
    bool stepwise = question->problem->warp.kernel->degree == 0;

    for (size_t i = 0; i < question->wanted_count; i++) {
        const char *name = question->wanted[i].name;
        bool placed =
            strcmp(name, "grad_image") != 0 && strcmp(name, "grad_border_value") != 0;

        if (answer->lost[i] && !(placed && stepwise))
            add(lost, name + strlen("grad_"));
    }
}
