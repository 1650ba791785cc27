/* What-if maps: the files of --what-if-maps. */
#ifndef WCK_CLI_WHAT_IF_MAPS_H
#define WCK_CLI_WHAT_IF_MAPS_H

#include "src/run/survey.h"

/* Writes FOLDER/01-kernel-nearest.npy and .png, and so on for each row of the what-if
 * table: what the remedy changes, uint8, height x width of enum wck_what_if_change.
 * The folder is made where it is not there. */
enum wck_status wck_what_if_maps_write(const char *folder,
                                       const struct wck_survey *survey,
                                       struct wck_error *err);

#endif
