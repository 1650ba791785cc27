/* Arenas: arrays stay where they were placed, inputs are sealed, and what happened to
 * outputs shows afterwards. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/suites.h"
#include "src/subject/arena.h"

static struct wck_arena arena;

static void make(void)
{
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_arena_init(&arena, &err) == WCK_OK, "%s", err.text);
}

static void unmake(void)
{
    wck_arena_release(&arena);
}

#define SLOTS 3

/* Sizes that end within a page, at a page's end, and after less than a line. */
static void list(struct wck_arena_slot slots[SLOTS])
{
    slots[0] = (struct wck_arena_slot){.dtype = WCK_FLOAT32, .count = 1337};
    slots[1] = (struct wck_arena_slot){.dtype = WCK_FLOAT64, .count = 1024};
    slots[2] = (struct wck_arena_slot){.dtype = WCK_FLOAT16, .count = 5};
}

static size_t bytes_of(const struct wck_arena_slot *slot)
{
    return slot->count * wck_dtype_row(slot->dtype)->size;
}

START_TEST(inputs_are_aligned_apart_and_sealed)
{
    struct wck_arena_slot slots[SLOTS];
    size_t end = 0;
    void *data;

    list(slots);
    ck_assert_int_eq(wck_arena_place_inputs(&arena, slots, SLOTS, NULL), WCK_OK);
    for (int i = 0; i < SLOTS; i++) {
        ck_assert_uint_eq(slots[i].offset % WCK_ARENA_ALIGNMENT, 0);
        ck_assert_uint_ge(slots[i].offset, end);
        end = slots[i].offset + bytes_of(&slots[i]);
        memset(wck_arena_input(&arena, &slots[i]), i + 1, bytes_of(&slots[i]));
    }
    ck_assert_uint_le(end, arena.inputs.size);
    errno = 0;
    data = mmap(NULL, arena.inputs.size, PROT_READ | PROT_WRITE, MAP_SHARED,
                arena.inputs.descriptor, 0);
    ck_assert_ptr_eq(data, MAP_FAILED);
    ck_assert_int_eq(errno, EPERM);
    data = mmap(NULL, arena.inputs.size, PROT_READ, MAP_SHARED, arena.inputs.descriptor,
                0);
    ck_assert_ptr_ne(data, MAP_FAILED);
    ck_assert_int_ne(mprotect(data, arena.inputs.size, PROT_READ | PROT_WRITE), 0);
    ck_assert_int_eq(((unsigned char *)data)[slots[2].offset], 3);
    munmap(data, arena.inputs.size);
}
END_TEST

START_TEST(an_arena_grows_keeps_what_it_holds_and_does_not_shrink)
{
    struct wck_arena_slot slot = {.dtype = WCK_UINT8, .count = 100};
    unsigned char *data;
    size_t large;

    ck_assert_int_eq(wck_arena_place_inputs(&arena, &slot, 1, NULL), WCK_OK);
    memset(wck_arena_input(&arena, &slot), 7, 100);
    slot.count = 3000001;
    ck_assert_int_eq(wck_arena_place_inputs(&arena, &slot, 1, NULL), WCK_OK);
    data = wck_arena_input(&arena, &slot);
    ck_assert_int_eq(data[99], 7);
    data[3000000] = 9;
    large = arena.inputs.size;
    slot.count = 10;
    ck_assert_int_eq(wck_arena_place_inputs(&arena, &slot, 1, NULL), WCK_OK);
    ck_assert_uint_eq(arena.inputs.size, large);
}
END_TEST

/* ---- loans ---- */

#define LOAN (WCK_ARENA_WORTH + 100)

/* What a worker sees of the inputs file at that place. */
static unsigned char read_file(size_t offset)
{
    unsigned char byte = 0;

    ck_assert_int_eq(pread(arena.inputs.descriptor, &byte, 1, (off_t)offset), 1);
    return byte;
}

START_TEST(what_is_lent_is_an_input_where_it_lies)
{
    unsigned char *lent = wck_arena_lend(&arena, LOAN);
    struct wck_arena_slot slots[] = {
        {.dtype = WCK_UINT8, .count = 100},
        {.dtype = WCK_UINT8, .count = LOAN, .data = lent},
        {.dtype = WCK_UINT8, .count = 2 * LOAN, .data = slots},
    };

    ck_assert_ptr_nonnull(lent);
    lent[LOAN - 1] = 77;
    ck_assert_int_eq(wck_arena_place_inputs(&arena, slots, 3, NULL), WCK_OK);
    ck_assert_ptr_null(wck_arena_input(&arena, &slots[1]));
    ck_assert_uint_eq(slots[1].offset % WCK_ARENA_ALIGNMENT, 0);
    ck_assert_int_eq(read_file(slots[1].offset + LOAN - 1), 77);
    /* The others lie beside it, and wherever the file went, it stayed. */
    memset(wck_arena_input(&arena, &slots[0]), 1, 100);
    memset(wck_arena_input(&arena, &slots[2]), 2, 2 * LOAN);
    ck_assert_int_eq(read_file(slots[0].offset + 99), 1);
    ck_assert_int_eq(read_file(slots[2].offset), 2);
    for (size_t i = 0; i < LOAN; i++)
        ck_assert_int_eq(lent[i], i == LOAN - 1 ? 77 : 0);
    ck_assert(wck_arena_take_back(&arena, lent));
    ck_assert(!wck_arena_take_back(&arena, lent));
    ck_assert(!wck_arena_take_back(&arena, slots));
    ck_assert(!wck_arena_take_back(&arena, NULL));
}
END_TEST

START_TEST(loans_are_apart_zeroed_and_few)
{
    unsigned char *lent[WCK_ARENA_LOANS];

    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < WCK_ARENA_LOANS; i++) {
            lent[i] = wck_arena_lend(&arena, LOAN);
            ck_assert_ptr_nonnull(lent[i]);
            ck_assert_int_eq(lent[i][0] | lent[i][LOAN - 1], 0);
            memset(lent[i], (int)i + 1, LOAN);
        }
        ck_assert_ptr_null(wck_arena_lend(&arena, LOAN));
        for (size_t i = 0; i < WCK_ARENA_LOANS; i++) {
            ck_assert_uint_eq(lent[i][0], i + 1);
            ck_assert_uint_eq(lent[i][LOAN - 1], i + 1);
            ck_assert(wck_arena_take_back(&arena, lent[i]));
        }
    }
    ck_assert_ptr_null(wck_arena_lend(&arena, WCK_ARENA_WORTH - 1));
}
END_TEST

/* ---- outputs ---- */

/* Places outputs as the call number `turn` would, and writes zeros over them. */
static void place(struct wck_arena_slot slots[SLOTS], int turn)
{
    list(slots);
    for (int i = 0; i <= turn; i++)
        ck_assert_int_eq(wck_arena_place_outputs(&arena, slots, SLOTS, NULL), WCK_OK);
    for (int i = 0; i < SLOTS; i++) {
        ck_assert_uint_eq(slots[i].offset % WCK_ARENA_ALIGNMENT, 0);
        memset(wck_arena_output(&arena, &slots[i]), 0, bytes_of(&slots[i]));
    }
}

START_TEST(outputs_written_whole_show_no_damage)
{
    struct wck_arena_slot slots[SLOTS];
    struct wck_arena_damage damage = {0};

    place(slots, _i);
    wck_arena_check_outside(&arena, slots, SLOTS, &damage);
    for (size_t i = 0; i < SLOTS; i++)
        wck_arena_check_written(&arena, slots, i, &damage);
    ck_assert(!damage.outside);
    ck_assert_uint_eq(damage.unwritten, 0);
}
END_TEST

static const long long distances[] = {-4096, -200, -1, 1, 2, 64, 200, 4096};

#define DISTANCES (sizeof distances / sizeof distances[0])

/* One byte, at every distance from every array, in both placings. */
START_TEST(a_byte_outside_is_found_and_named_by_its_distance)
{
    long long distance = distances[(size_t)_i % DISTANCES];
    size_t slot = (size_t)_i / DISTANCES % SLOTS;
    struct wck_arena_slot slots[SLOTS];
    struct wck_arena_damage damage = {0};
    unsigned char *data;

    place(slots, _i / (int)(DISTANCES * SLOTS));
    data = wck_arena_output(&arena, &slots[slot]);
    data += distance < 0 ? distance : (long long)bytes_of(&slots[slot]) + distance - 1;
    *data ^= 0x10;
    wck_arena_check_outside(&arena, slots, SLOTS, &damage);
    ck_assert(damage.outside);
    if (distance > -200 && distance < 200) {
        ck_assert_uint_eq(damage.slot, slot);
        ck_assert_int_eq(damage.distance, distance);
    }
}
END_TEST

static const enum wck_dtype dtypes[] = {WCK_FLOAT64,  WCK_FLOAT32, WCK_FLOAT16,
                                        WCK_BFLOAT16, WCK_UINT8,   WCK_INT64};

START_TEST(elements_that_nobody_wrote_are_counted)
{
    struct wck_arena_slot slot = {.dtype = dtypes[_i], .count = 1237};
    bool whole = !(wck_dtype_row(dtypes[_i])->roundoff > 0.0);
    size_t size = wck_dtype_row(dtypes[_i])->size;
    struct wck_arena_damage damage = {0};
    unsigned char *data;

    ck_assert_int_eq(wck_arena_place_outputs(&arena, &slot, 1, NULL), WCK_OK);
    wck_arena_check_written(&arena, &slot, 0, &damage);
    ck_assert_uint_eq(damage.unwritten, 1237);
    ck_assert_uint_eq(damage.first, 0);
    data = wck_arena_output(&arena, &slot);
    memset(data, 0, 700 * size);
    memset(data + 703 * size, 0, 534 * size);
    damage = (struct wck_arena_damage){0};
    wck_arena_check_written(&arena, &slot, 0, &damage);
    /* Any integer may have been meant. */
    ck_assert_uint_eq(damage.unwritten, whole ? 0 : 3);
    ck_assert_uint_eq(damage.first, whole ? 0 : 700);
}
END_TEST

START_TEST(elements_are_counted_while_they_are_copied)
{
    struct wck_arena_slot slot = {.dtype = dtypes[_i], .count = 1237};
    bool whole = !(wck_dtype_row(dtypes[_i])->roundoff > 0.0);
    size_t size = bytes_of(&slot);
    struct wck_arena_damage damage = {0};
    unsigned char *data, copy[8 * 1237];

    ck_assert_int_eq(wck_arena_place_outputs(&arena, &slot, 1, NULL), WCK_OK);
    data = wck_arena_output(&arena, &slot);
    memset(data, 7, size / 1237 * 1200);
    wck_arena_fetch(&arena, &slot, 0, copy, &damage);
    ck_assert_mem_eq(copy, data, size);
    ck_assert_uint_eq(damage.unwritten, whole ? 0 : 37);
    ck_assert_uint_eq(damage.first, whole ? 0 : 1200);
    damage = (struct wck_arena_damage){0};
    memset(data, 7, size);
    wck_arena_fetch(&arena, &slot, 0, copy, &damage);
    ck_assert_mem_eq(copy, data, size);
    ck_assert_uint_eq(damage.unwritten, 0);
}
END_TEST

Suite *wck_arena_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");

    tcase_add_checked_fixture(tcase, make, unmake);
    tcase_add_test(tcase, inputs_are_aligned_apart_and_sealed);
    tcase_add_test(tcase, an_arena_grows_keeps_what_it_holds_and_does_not_shrink);
    tcase_add_loop_test(tcase, outputs_written_whole_show_no_damage, 0, 2);
    tcase_add_loop_test(tcase, a_byte_outside_is_found_and_named_by_its_distance, 0,
                        (int)(2 * DISTANCES * SLOTS));
    tcase_add_loop_test(tcase, elements_that_nobody_wrote_are_counted, 0, 6);
    tcase_add_loop_test(tcase, elements_are_counted_while_they_are_copied, 0, 6);
    tcase_add_test(tcase, what_is_lent_is_an_input_where_it_lies);
    tcase_add_test(tcase, loans_are_apart_zeroed_and_few);
    suite_add_tcase(suite, tcase);
    return suite;
}
