/* Every suite of unit tests, a row each: check/<folder>/check_<name>.c defines
 * wck_<name>_suite. */
#ifndef CHECK_SUITES_H
#define CHECK_SUITES_H

#include <check.h>

#define CHECK_SUITES(ROW)                                                              \
    ROW(arithmetic)                                                                    \
    ROW(border)                                                                        \
    ROW(coverage)                                                                      \
    ROW(derivative)                                                                    \
    ROW(error)                                                                         \
    ROW(file)                                                                          \
    ROW(fold)                                                                          \
    ROW(frame)                                                                         \
    ROW(image)                                                                         \
    ROW(kernel)                                                                        \
    ROW(map)                                                                           \
    ROW(npy)                                                                           \
    ROW(npz)                                                                           \
    ROW(png)                                                                           \
    ROW(prefilter)                                                                     \
    ROW(reason)                                                                        \
    ROW(rng)                                                                           \
    ROW(rounding)                                                                      \
    ROW(second)                                                                        \
    ROW(status)                                                                        \
    ROW(stencil)                                                                       \
    ROW(storage)                                                                       \
    ROW(survey)                                                                        \
    ROW(tensor)                                                                        \
    ROW(text)                                                                          \
    ROW(units)                                                                         \
    ROW(warp)

#define CHECK_SUITE_PROTOTYPE(name) Suite *wck_##name##_suite(void);
CHECK_SUITES(CHECK_SUITE_PROTOTYPE)
#undef CHECK_SUITE_PROTOTYPE

#endif
