/* Scratch: a folder for the files of one test, gone after it.  For a checked fixture:
 * every test has a folder of its own. */
#ifndef CHECK_IO_SCRATCH_H
#define CHECK_IO_SCRATCH_H

#include <stddef.h>

void scratch_make(void);
void scratch_remove(void);

/* The path of a file in the folder; valid until the next call but seven. */
const char *scratch_path(const char *name);

/* Writes a file of the folder and returns its path. */
const char *scratch_file(const char *name, const void *bytes, size_t size);

#endif
