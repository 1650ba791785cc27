/* What a sample may read, where rounding leaves its coordinate open. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/coverage/reach.h"

/* So far out a quarter of a pixel is no number of its own. */
static const double far[] = {2.3e15, 5e15, 8e15, -5e15};

START_TEST(a_coordinate_beyond_all_precision_reads_inside)
{
    static const char *const kernels[] = {"bilinear", "area"};
    static const double identity[6] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0};
    struct wck_warp warp = {.kernel = wck_kernel_find(kernels[_i % 2]),
                            .border = wck_border_find("replicate"),
                            .source_width = 5,
                            .source_height = 4,
                            .output_width = 5,
                            .output_height = 4};
    double u = far[_i / 2], sums[20] = {0.0}, total = 0.0;
    double bound[2] = {4.0 * 0x1p-53 * fabs(u), 0.0};
    struct wck_block block;

    ck_assert_int_eq(wck_map_affine(&warp.map, identity, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_block_init(&block, &warp, 1, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, 1);
    block.x[0] = u;
    ck_assert(wck_reach_add(&warp, &block, 0, bound, 1.0, sums));
    for (int i = 0; i < 20; i++)
        total += sums[i];
    ck_assert_double_gt(total, 0.0);
    ck_assert_double_gt(sums[u > 0.0 ? 4 : 0], 0.0);
    wck_block_release(&block);
}
END_TEST

Suite *wck_reach_suite(void)
{
    Suite *suite = suite_create("reach");
    TCase *tcase = tcase_create("reach");

    tcase_add_loop_test(tcase, a_coordinate_beyond_all_precision_reads_inside, 0,
                        2 * (int)(sizeof far / sizeof far[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
