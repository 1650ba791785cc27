/* Sketch: a small map of the pixels in a text, with its legend.
 *
 * At most WCK_SKETCH_LINES lines of WCK_SKETCH_COLUMNS columns, and the legend's; a
 * line stands for two rows of cells (src/report/cells.h), as a character is about twice
 * as high as wide.  In letters the two are one character: a fault, else what the better
 * covered is, else the upper.  Covered pixels go from '.' to '@' by the logarithm of
 * the gradient's magnitude; reasons have the letters that they have everywhere.  Half
 * blocks and kitty's picture have the colours of the other maps. */
#ifndef WCK_REPORT_SKETCH_H
#define WCK_REPORT_SKETCH_H

#include "src/report/report.h"

#define WCK_SKETCH_LINES 18
#define WCK_SKETCH_COLUMNS 76

/* Appends an empty line, the map and its legend; nothing for WCK_SKETCH_NONE. */
enum wck_status wck_sketch_write(struct wck_text *text,
                                 const struct wck_coverage *coverage,
                                 enum wck_sketch sketch, struct wck_error *err);

#endif
