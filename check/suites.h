/* Every suite of unit tests, a row each: check/<folder>/check_<name>.c defines
 * wck_<name>_suite. */
#ifndef CHECK_SUITES_H
#define CHECK_SUITES_H

#include <check.h>

#define CHECK_SUITES(ROW)                                                              \
    ROW(border)                                                                        \
    ROW(convention)                                                                    \
    ROW(coverage)                                                                      \
    ROW(derivative)                                                                    \
    ROW(deviation)                                                                     \
    ROW(error)                                                                         \
    ROW(file)                                                                          \
    ROW(finding)                                                                       \
    ROW(fold)                                                                          \
    ROW(frame)                                                                         \
    ROW(html)                                                                          \
    ROW(image)                                                                         \
    ROW(json)                                                                          \
    ROW(kernel)                                                                        \
    ROW(map)                                                                           \
    ROW(npy)                                                                           \
    ROW(npz)                                                                           \
    ROW(picture)                                                                       \
    ROW(png)                                                                           \
    ROW(prefilter)                                                                     \
    ROW(reason)                                                                        \
    ROW(recording)                                                                     \
    ROW(replay)                                                                        \
    ROW(rivals)                                                                        \
    ROW(rng)                                                                           \
    ROW(second)                                                                        \
    ROW(status)                                                                        \
    ROW(stencil)                                                                       \
    ROW(storage)                                                                       \
    ROW(survey)                                                                        \
    ROW(tally)                                                                         \
    ROW(tensor)                                                                        \
    ROW(text)                                                                          \
    ROW(text_report)                                                                   \
    ROW(units)                                                                         \
    ROW(verify)                                                                        \
    ROW(warp)

#define CHECK_SUITE_PROTOTYPE(name) Suite *wck_##name##_suite(void);
CHECK_SUITES(CHECK_SUITE_PROTOTYPE)
#undef CHECK_SUITE_PROTOTYPE

#endif
