/* Png: pictures, by libpng. */
#ifndef WCK_IO_PNG_H
#define WCK_IO_PNG_H

#include "reference/image.h"
#include "src/base/text.h"

#define WCK_PNG_BYTES ((size_t)1073741824) /* most that a picture read may take */

/* Reads a picture as an HWC image of 1 to 4 channels (grey, grey and alpha, RGB, RGBA;
 * a palette becomes RGB or RGBA, a transparent colour alpha), uint8, or uint16 where it
 * has 16 bits; colour values are as stored, no gamma is applied, but grey of 1, 2 and 4
 * bits is scaled to 0 .. 255.  The caller frees image->tensor.data (NULL after an
 * error).  WCK_IO where the file cannot be read, WCK_FORMAT, naming the path, where it
 * is no PNG, is damaged, cut short or too large. */
enum wck_status wck_png_read(const char *path, struct wck_image *image,
                             struct wck_error *err);

/* Appends a PNG of an image of one batch item and slice, 1 to 4 channels (grey, grey
 * and alpha, RGB, RGBA) and dtype uint8 or uint16.  The same image gives the same
 * bytes. */
enum wck_status wck_png_encode(const struct wck_image *image, struct wck_text *text,
                               struct wck_error *err);

#endif
