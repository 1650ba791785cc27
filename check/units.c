/* Runs the unit tests: all suites, those named on the command line, or the Kth of N
 * parts of them (`--part K N`), which may run beside each other. */
#include <gsl/gsl_errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define CHECK_SUITE_ROW(name) {#name, wck_##name##_suite},
    CHECK_SUITES(CHECK_SUITE_ROW)
#undef CHECK_SUITE_ROW
};

/* Takes as long as a part of the others: by itself, units_longest.sh, and begun first.
 */
#define LONGEST "verdicts"

static bool is_wanted(size_t suite, int argc, char **argv)
{
    const char *name = suites[suite].name;

    if (argc == 4 && strcmp(argv[1], "--part") == 0)
        return strcmp(name, LONGEST) != 0 &&
               suite % strtoul(argv[3], NULL, 10) == strtoul(argv[2], NULL, 10) - 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return argc <= 1;
}

int main(int argc, char **argv)
{
    SRunner *runner;
    int added = 0, failed;

    /* Check's 4 seconds a test are for an idle machine and plain code: here they may be
     * shared, instrumented or emulated.  A hang is still found. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    setenv("CK_TIMEOUT_MULTIPLIER", "5", 0);
    /* Of what the tests start: it is confined, where the leak sanitizer cannot trace
     * it. This process has read its own options. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    runner = srunner_create(NULL);

    gsl_set_error_handler_off();
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        if (!is_wanted(i, argc, argv))
            continue;
        srunner_add_suite(runner, suites[i].make());
        added++;
    }
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 && added > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
