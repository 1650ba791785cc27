/* Hostile: what a worker of the tests may do to the host and to the machine.  Nothing
 * here is boundless: where a measure of the sandbox is not there, the machine survives.
 */
#ifndef CHECK_SUBJECT_HOSTILE_H
#define CHECK_SUBJECT_HOSTILE_H

#include <stddef.h>

/* Does what the mode says, before an answer; may not return.  The descriptors are those
 * of shared memory, or 0.  An unknown mode does nothing. */
void hostile_act(const char *mode, int inputs, int outputs);

/* Spoils an output of float32 or float64 in the mode "state" or "random". */
void hostile_spoil(const char *mode, void *elements, size_t count, size_t size);

#endif
