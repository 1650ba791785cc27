/* Every suite of unit tests, a row each: check/<folder>/check_<name>.c defines
 * wck_<name>_suite. */
#ifndef CHECK_SUITES_H
#define CHECK_SUITES_H

#include <check.h>

#define CHECK_SUITES(ROW)                                                              \
    ROW(area)                                                                          \
    ROW(arena)                                                                         \
    ROW(arithmetic)                                                                    \
    ROW(arrays)                                                                        \
    ROW(baseline)                                                                      \
    ROW(baseline_file)                                                                 \
    ROW(block)                                                                         \
    ROW(ask)                                                                           \
    ROW(compare)                                                                       \
    ROW(conform)                                                                       \
    ROW(border)                                                                        \
    ROW(builtin)                                                                       \
    ROW(call)                                                                          \
    ROW(channel_axis)                                                                  \
    ROW(channels)                                                                      \
    ROW(checkers)                                                                      \
    ROW(clip)                                                                          \
    ROW(colouring)                                                                     \
    ROW(conduct)                                                                       \
    ROW(convention)                                                                    \
    ROW(coordinates)                                                                   \
    ROW(coverage)                                                                      \
    ROW(date)                                                                          \
    ROW(derivative)                                                                    \
    ROW(destination)                                                                   \
    ROW(detour)                                                                        \
    ROW(deviation)                                                                     \
    ROW(diagnose)                                                                      \
    ROW(digest)                                                                        \
    ROW(draws)                                                                         \
    ROW(error)                                                                         \
    ROW(evaluation)                                                                    \
    ROW(evenness)                                                                      \
    ROW(explain)                                                                       \
    ROW(file)                                                                          \
    ROW(finding)                                                                       \
    ROW(fold)                                                                          \
    ROW(footprint)                                                                     \
    ROW(frame)                                                                         \
    ROW(gate)                                                                          \
    ROW(html)                                                                          \
    ROW(identify)                                                                      \
    ROW(identity)                                                                      \
    ROW(image)                                                                         \
    ROW(inquiry)                                                                       \
    ROW(jacobian)                                                                      \
    ROW(json)                                                                          \
    ROW(junit)                                                                         \
    ROW(kernel)                                                                        \
    ROW(lines)                                                                         \
    ROW(map)                                                                           \
    ROW(matrices)                                                                      \
    ROW(kind)                                                                          \
    ROW(known)                                                                         \
    ROW(library)                                                                       \
    ROW(lcov)                                                                          \
    ROW(markdown)                                                                      \
    ROW(matrix)                                                                        \
    ROW(namespace)                                                                     \
    ROW(npy)                                                                           \
    ROW(npz)                                                                           \
    ROW(pass)                                                                          \
    ROW(picture)                                                                       \
    ROW(plan)                                                                          \
    ROW(plugin)                                                                        \
    ROW(png)                                                                           \
    ROW(poison)                                                                        \
    ROW(pour)                                                                          \
    ROW(prefilter)                                                                     \
    ROW(problem)                                                                       \
    ROW(question)                                                                      \
    ROW(reason)                                                                        \
    ROW(recording)                                                                     \
    ROW(replay)                                                                        \
    ROW(reproduce)                                                                     \
    ROW(rivals)                                                                        \
    ROW(rng)                                                                           \
    ROW(rounding)                                                                      \
    ROW(sandbox)                                                                       \
    ROW(sarif)                                                                         \
    ROW(second)                                                                        \
    ROW(serve)                                                                         \
    ROW(set)                                                                           \
    ROW(shrink)                                                                        \
    ROW(simplify)                                                                      \
    ROW(single)                                                                        \
    ROW(status)                                                                        \
    ROW(spec)                                                                          \
    ROW(stencil)                                                                       \
    ROW(storage)                                                                       \
    ROW(survey)                                                                        \
    ROW(tally)                                                                         \
    ROW(tap)                                                                           \
    ROW(taps)                                                                          \
    ROW(tensor)                                                                        \
    ROW(text)                                                                          \
    ROW(text_report)                                                                   \
    ROW(transparent)                                                                   \
    ROW(units)                                                                         \
    ROW(verdicts)                                                                      \
    ROW(verify)                                                                        \
    ROW(warp)                                                                          \
    ROW(words)                                                                         \
    ROW(worker)

#define CHECK_SUITE_PROTOTYPE(name) Suite *wck_##name##_suite(void);
CHECK_SUITES(CHECK_SUITE_PROTOTYPE)
#undef CHECK_SUITE_PROTOTYPE

#endif
