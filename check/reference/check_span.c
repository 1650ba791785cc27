/* Which arrays lie in pieces; none of them has memory. */
#include <check.h>

#include "check/suites.h"
#include "reference/span.h"

#define FAR WCK_SPAN_FAR

static const struct {
    size_t shape[3];
    ptrdiff_t stride[3];
    size_t pieces; /* 0: it does not lie in such */
} rows[] = {
    /* Without gaps: two channels of 4096 x 4096, and larger ones. */
    {{2, 4096, 4096}, {FAR, 4096, 1}, 0},
    {{2, 65536, 65536}, {(ptrdiff_t)1 << 32, 65536, 1}, 0},
    {{2, 1, 4 * FAR}, {4 * FAR, 4 * FAR, 1}, 0},
    /* With axes in another order, backwards, or of one element. */
    {{4096, 4096, 2}, {4096, 1, FAR}, 0},
    {{2, 4096, 4096}, {-FAR, 4096, -1}, 0},
    {{1, 3, 5}, {4 * FAR, 5, 1}, 0},
    {{2, 3, 5}, {0, 5, 1}, 0},
    /* Gaps: of that many elements, and of one less. */
    {{2, 3, 5}, {FAR + 15, 5, 1}, 2},
    {{2, 3, 5}, {FAR + 14, 5, 1}, 0},
    {{2, 3, 5}, {15, 5, -1}, 0},
    {{2, 3, 5}, {5, -(FAR + 10), 1}, 3},
    {{2, 3, 5}, {3, 1, FAR + 6}, 5},
    {{2, 4096, 4096}, {2 * FAR, 4096, 1}, 2},
};

static struct wck_tensor tensor_of(int row)
{
    struct wck_tensor tensor = {.dtype = WCK_FLOAT32, .rank = 3};

    for (int d = 0; d < 3; d++) {
        tensor.shape[d] = rows[row].shape[d];
        tensor.stride[d] = rows[row].stride[d];
    }
    return tensor;
}

START_TEST(an_array_lies_in_pieces_where_it_has_wide_gaps)
{
    struct wck_tensor tensor = tensor_of(_i), piece;
    size_t count = 0;

    ck_assert_int_eq(wck_span_is_far(&tensor), rows[_i].pieces > 0);
    while (wck_span_piece(&tensor, count, &piece)) {
        ck_assert(!wck_span_is_far(&piece));
        count++;
    }
    ck_assert_uint_eq(count, rows[_i].pieces > 0 ? rows[_i].pieces : 1);
}
END_TEST

Suite *wck_span_suite(void)
{
    Suite *suite = suite_create("span");
    TCase *tcase = tcase_create("span");

    tcase_add_loop_test(tcase, an_array_lies_in_pieces_where_it_has_wide_gaps, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
