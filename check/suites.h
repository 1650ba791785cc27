/* Every suite of unit tests, a row each: check/<folder>/check_<name>.c defines
 * wck_<name>_suite. */
#ifndef CHECK_SUITES_H
#define CHECK_SUITES_H

#include <check.h>

#define CHECK_SUITES(ROW)                                                              \
    ROW(coverage)                                                                      \
    ROW(file)                                                                          \
    ROW(frame)                                                                         \
    ROW(html)                                                                          \
    ROW(json)                                                                          \
    ROW(npy)                                                                           \
    ROW(npz)                                                                           \
    ROW(picture)                                                                       \
    ROW(png)                                                                           \
    ROW(reason)                                                                        \
    ROW(survey)                                                                        \
    ROW(text)

#define CHECK_SUITE_PROTOTYPE(name) Suite *wck_##name##_suite(void);
CHECK_SUITES(CHECK_SUITE_PROTOTYPE)
#undef CHECK_SUITE_PROTOTYPE

#endif
