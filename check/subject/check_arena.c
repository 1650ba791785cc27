/* Arenas: arrays stay where they were placed, inputs are sealed, and what happened to
 * outputs shows afterwards. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

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
    suite_add_tcase(suite, tcase);
    return suite;
}
