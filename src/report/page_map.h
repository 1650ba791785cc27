/* Page map: what the page's map is told by attributes, and its tools. */
#ifndef WCK_REPORT_PAGE_MAP_H
#define WCK_REPORT_PAGE_MAP_H

#include "src/report/cells.h"
#include "src/report/report.h"

/* Appends the sizes of cells, image and output; and of an affine map the frame: the
 * corners of the output's outer pixel edges where they fall in the image, in pixels,
 * centres at whole numbers, from the upper left on along the upper edge. */
void wck_page_map_attributes(struct wck_text *text,
                             const struct wck_coverage_report *report,
                             const struct wck_cells *cells);

/* Appends the tools that hold the map against the image, and the choice of the layer
 * that is there where a gradient was given. */
void wck_page_map_tools(struct wck_text *text);
void wck_page_map_error_layer(struct wck_text *text);

#endif
