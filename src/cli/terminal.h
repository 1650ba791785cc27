/* Terminal: which map a text may show on standard output. */
#ifndef WCK_CLI_TERMINAL_H
#define WCK_CLI_TERMINAL_H

#include "src/report/report.h"

/* What standard output can show: nothing where it is no terminal; letters where colours
 * are not wanted (NO_COLOR), not known (TERM), or characters are not UTF-8 (LC_CTYPE);
 * kitty's picture where TERM, TERM_PROGRAM or KITTY_WINDOW_ID names a terminal that
 * takes one, and no multiplexer stands between; else half blocks, in 24 bits of colour
 * where COLORTERM says so. */
enum wck_sketch wck_terminal_sketch(void);

/* The words that --map takes; NULL beyond. */
const char *wck_terminal_map(size_t row);

/* What the word of that row asks for: `terminal` for auto. */
enum wck_sketch wck_terminal_choose(size_t row, enum wck_sketch terminal);

#endif
