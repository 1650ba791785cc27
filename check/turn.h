/* Turn: which rows of a long loop test an instrumented program runs: it takes ten times
 * as long.  What it leaves out is run where nothing is instrumented. */
#ifndef CHECK_TURN_H
#define CHECK_TURN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Every row; in an instrumented build, which the environment tells, one in seven. */
static inline bool is_turn(int row)
{
    const char *instrumented = getenv("instrumented");

    return instrumented == NULL || strcmp(instrumented, "yes") != 0 || row % 7 == 0;
}

#endif
