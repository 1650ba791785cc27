/* Failure: the parts of a C test that are the same in all, line by line; the files of
 * failure/, made into strings when this is built. */
#ifndef WCK_RUN_FAILURE_H
#define WCK_RUN_FAILURE_H

/* Each ends with NULL. */
extern const char *const wck_failure_judge[];   /* is a number allowed? */
extern const char *const wck_failure_tensors[]; /* the plugin's own view of arrays */
extern const char *const wck_failure_ask[];     /* the plugin is asked */
extern const char *const wck_failure_end[];     /* of main() */

#endif
