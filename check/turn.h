/* Turn: which rows of a long loop test are run where time is short: in an instrumented
 * build, which takes ten times as long, and where EVERY in the environment asks for one
 * in so many, as the recordings' script has it.  What is left out is run by a plain
 * check. */
#ifndef CHECK_TURN_H
#define CHECK_TURN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Every row, or one in seven. */
static inline bool is_turn(int row)
{
    const char *instrumented = getenv("instrumented"), *every = getenv("EVERY");
    bool all = (instrumented == NULL || strcmp(instrumented, "yes") != 0) &&
               (every == NULL || atoi(every) <= 1);

    return all || row % 7 == 0;
}

#endif
