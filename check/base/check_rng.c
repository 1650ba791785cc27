/* Random numbers: the published sequence, and its distributions. */
#include <check.h>
#include <math.h>

#include "check/suites.h"
#include "src/base/rng.h"

/* SplitMix64 from state 0, as its reference implementation prints it. */
START_TEST(the_bits_are_those_of_splitmix64)
{
    struct wck_rng rng = {.state = 0};

    ck_assert_uint_eq(wck_rng_bits(&rng), UINT64_C(0xe220a8397b1dcdaf));
    ck_assert_uint_eq(wck_rng_bits(&rng), UINT64_C(0x6e789e6aa1b965f4));
    ck_assert_uint_eq(wck_rng_bits(&rng), UINT64_C(0x06c45d188009454f));
}
END_TEST

START_TEST(a_sequence_repeats_by_its_name_only)
{
    struct wck_rng a = wck_rng_start(7, 3), b = wck_rng_start(7, 3);
    struct wck_rng other_seed = wck_rng_start(8, 3), other_stream = wck_rng_start(7, 4);
    struct wck_rng swapped = wck_rng_start(3, 7);
    uint64_t first = wck_rng_bits(&a);

    ck_assert_uint_eq(wck_rng_bits(&b), first);
    ck_assert_uint_ne(wck_rng_bits(&other_seed), first);
    ck_assert_uint_ne(wck_rng_bits(&other_stream), first);
    ck_assert_uint_ne(wck_rng_bits(&swapped), first);
}
END_TEST

/* Means of 4096 numbers are off by 5 standard deviations, 5/64 of one number's, once in
 * a million seeds; ours is fixed. */
START_TEST(uniform_numbers_fill_the_unit_interval)
{
    struct wck_rng rng = wck_rng_start(12, 1);
    double sum = 0.0, squares = 0.0, least = 1.0, most = 0.0;

    for (int i = 0; i < 4096; i++) {
        double u = wck_rng_uniform(&rng);

        ck_assert(u >= 0.0 && u < 1.0);
        ck_assert_double_le(fabs(fmod(u, 0x1p-53)), 0.0);
        sum += u;
        squares += u * u;
        least = fmin(least, u);
        most = fmax(most, u);
    }
    ck_assert_double_le(fabs(sum / 4096 - 0.5), 5.0 / 64 * sqrt(1.0 / 12));
    ck_assert_double_le(fabs(squares / 4096 - 1.0 / 3), 5.0 / 64 * sqrt(4.0 / 45));
    ck_assert_double_lt(least, 0.01);
    ck_assert_double_gt(most, 0.99);
}
END_TEST

START_TEST(gaussian_numbers_are_standard_normal_and_truncated)
{
    struct wck_rng rng = wck_rng_start(12, 2);
    double moment[5] = {0.0};

    for (int i = 0; i < 4096; i++) {
        double z = wck_rng_gaussian(&rng);

        ck_assert_double_le(fabs(z), 6.0);
        for (int k = 1; k <= 4; k++)
            moment[k] += pow(z, k) / 4096;
    }
    /* Variances of the powers: 1, 2, 15 and 96. */
    ck_assert_double_le(fabs(moment[1]), 5.0 / 64);
    ck_assert_double_le(fabs(moment[2] - 1.0), 5.0 / 64 * sqrt(2.0));
    ck_assert_double_le(fabs(moment[3]), 5.0 / 64 * sqrt(15.0));
    ck_assert_double_le(fabs(moment[4] - 3.0), 5.0 / 64 * sqrt(96.0));
}
END_TEST

START_TEST(numbers_below_a_bound_are_all_drawn)
{
    struct wck_rng rng = wck_rng_start(12, 3);
    int count[7] = {0};

    for (int i = 0; i < 7000; i++)
        count[wck_rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        ck_assert_double_le(fabs(count[i] - 1000.0), 5.0 * sqrt(1000.0));
    ck_assert_uint_eq(wck_rng_below(&rng, 1), 0);
}
END_TEST

Suite *wck_rng_suite(void)
{
    Suite *suite = suite_create("rng");
    TCase *numbers = tcase_create("numbers");

    tcase_add_test(numbers, the_bits_are_those_of_splitmix64);
    tcase_add_test(numbers, a_sequence_repeats_by_its_name_only);
    tcase_add_test(numbers, uniform_numbers_fill_the_unit_interval);
    tcase_add_test(numbers, gaussian_numbers_are_standard_normal_and_truncated);
    tcase_add_test(numbers, numbers_below_a_bound_are_all_drawn);
    suite_add_tcase(suite, numbers);
    return suite;
}
