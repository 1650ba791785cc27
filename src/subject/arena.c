#include "src/subject/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/subject/pour.h"

#define PAGE ((size_t)4096)    /* of the layout; the system's may be larger */
#define MOST ((size_t)1 << 16) /* that a page of the system's may be */
#define OUTSIDE 0xa5

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

static size_t bytes_of(const struct wck_arena_slot *slot)
{
    return slot->count * wck_dtype_row(slot->dtype)->size;
}

/* ---- files ---- */

/* Grown by half at least, so that growing calls do not map anew each time.  The host's
 * mapping is moved, not made again: a sealed file lets no new one write.  It comes
 * first: where it cannot be had the file, which is never cut, stays as it was. */
static enum wck_status grow(struct wck_arena_file *file, size_t size,
                            struct wck_error *err)
{
    void *data;

    if (size <= file->size)
        return WCK_OK;
    size = round_up(size + file->size / 2, MOST);
    data = mremap(file->data, file->size, size, MREMAP_MAYMOVE);
    if (data == MAP_FAILED)
        return wck_error_set(err, WCK_NO_MEMORY, "no room for %zu bytes: %s", size,
                             strerror(errno));
    file->data = data;
    if (ftruncate(file->descriptor, (off_t)size) != 0) {
        wck_error_set(err, WCK_NO_MEMORY, "no shared memory of %zu bytes: %s", size,
                      strerror(errno));
        mremap(file->data, size, file->size, 0);
        return WCK_NO_MEMORY;
    }
    file->size = size;
    return WCK_OK;
}

static bool create(struct wck_arena_file *file, const char *name, unsigned seals)
{
    void *data;

    file->descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file->descriptor < 0 || ftruncate(file->descriptor, (off_t)PAGE) != 0)
        return false;
    data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file->descriptor, 0);
    if (data == MAP_FAILED)
        return false;
    file->data = data;
    file->size = PAGE;
    return fcntl(file->descriptor, F_ADD_SEALS, seals) == 0;
}

static void release(struct wck_arena_file *file)
{
    if (file->data != NULL)
        munmap(file->data, file->size);
    if (file->descriptor >= 0)
        close(file->descriptor);
    *file = (struct wck_arena_file){.descriptor = -1};
}

enum wck_status wck_arena_init(struct wck_arena *arena, struct wck_error *err)
{
    *arena =
        (struct wck_arena){.inputs = {.descriptor = -1}, .outputs = {.descriptor = -1}};
    if (create(&arena->inputs, "warpcheck-inputs",
               F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK) &&
        create(&arena->outputs, "warpcheck-outputs", F_SEAL_SHRINK))
        return WCK_OK;
    return wck_error_set(err, WCK_UNSUPPORTED,
                         "this system has no memory files that can be sealed: %s",
                         strerror(errno));
}

void wck_arena_release(struct wck_arena *arena)
{
    release(&arena->inputs);
    release(&arena->outputs);
}

/* ---- inputs ---- */

/* A loan that has bytes of that part of the file; NULL where there is none. */
static const struct wck_arena_loan *find_overlap(const struct wck_arena *arena,
                                                 size_t from, size_t size)
{
    for (size_t i = 0; i < WCK_ARENA_LOANS; i++) {
        const struct wck_arena_loan *loan = &arena->loans[i];

        if (loan->data != NULL && from < loan->offset + loan->size &&
            loan->offset < from + size)
            return loan;
    }
    return NULL;
}

/* The first place from `from` on where `size` bytes are not lent. */
static size_t find_gap(const struct wck_arena *arena, size_t from, size_t size)
{
    const struct wck_arena_loan *loan;

    while ((loan = find_overlap(arena, from, size)) != NULL)
        from = loan->offset + loan->size;
    return from;
}

void *wck_arena_lend(struct wck_arena *arena, size_t size)
{
    struct wck_arena_loan *loan = arena->loans;
    size_t pages = round_up(size, MOST), offset = find_gap(arena, 0, pages);
    void *data;

    while (loan < arena->loans + WCK_ARENA_LOANS && loan->data != NULL)
        loan++;
    if (loan == arena->loans + WCK_ARENA_LOANS || size < WCK_ARENA_WORTH ||
        grow(&arena->inputs, offset + pages, NULL) != WCK_OK)
        return NULL;
    /* An old size of 0 maps the same pages a second time, seal or no seal. */
    data = mremap(arena->inputs.data + offset, 0, pages, MREMAP_MAYMOVE);
    if (data == MAP_FAILED)
        return NULL;
    *loan = (struct wck_arena_loan){.data = data, .offset = offset, .size = pages};
    return memset(data, 0, size);
}

bool wck_arena_take_back(struct wck_arena *arena, const void *data)
{
    for (size_t i = 0; data != NULL && i < WCK_ARENA_LOANS; i++) {
        struct wck_arena_loan *loan = &arena->loans[i];

        if (loan->data != data)
            continue;
        munmap(loan->data, loan->size);
        *loan = (struct wck_arena_loan){0};
        return true;
    }
    return false;
}

/* Is it where the worker can read it? */
static bool is_lent(const struct wck_arena *arena, const struct wck_arena_slot *slot,
                    size_t *offset)
{
    for (size_t i = 0; slot->data != NULL && i < WCK_ARENA_LOANS; i++) {
        if (arena->loans[i].data == slot->data) {
            *offset = arena->loans[i].offset;
            return true;
        }
    }
    return false;
}

enum wck_status wck_arena_place_inputs(struct wck_arena *arena,
                                       struct wck_arena_slot *slots, size_t count,
                                       struct wck_error *err)
{
    size_t end = 0;

    for (size_t i = 0; i < count; i++) {
        size_t size = round_up(bytes_of(&slots[i]), WCK_ARENA_ALIGNMENT);

        if (is_lent(arena, &slots[i], &slots[i].offset))
            continue;
        slots[i].offset = find_gap(arena, end, size);
        end = slots[i].offset + size;
    }
    return grow(&arena->inputs, end, err);
}

void *wck_arena_input(const struct wck_arena *arena, const struct wck_arena_slot *slot)
{
    size_t offset;

    return is_lent(arena, slot, &offset) ? NULL : arena->inputs.data + slot->offset;
}

void *wck_arena_output(const struct wck_arena *arena, const struct wck_arena_slot *slot)
{
    return arena->outputs.data + slot->offset;
}

/* ---- outputs ---- */

/* A signalling NaN with digits of its own; no pattern of bytes is one in every type. */
static uint64_t pattern_of(enum wck_dtype dtype)
{
    switch (wck_dtype_row(dtype)->size) {
    case 8:
        return 0x7ff4a5a5a5a5a5a5;
    case 4:
        return 0x7fa5a5a5;
    case 2:
        return dtype == WCK_FLOAT16 ? 0x7d5a : 0x7fa5;
    default:
        return OUTSIDE;
    }
}

/* Fills by doubling: the copies run at the speed of memory. */
static void fill(unsigned char *data, size_t size, enum wck_dtype dtype)
{
    uint64_t pattern = pattern_of(dtype);
    size_t done = wck_dtype_row(dtype)->size;

    if (size == 0)
        return;
    memcpy(data, &pattern, done); /* little-endian, as the protocol is */
    while (done < size) {
        size_t more = done < size - done ? done : size - done;

        more = more < PAGE ? more : PAGE;
        memcpy(data + done, data, more);
        done += more;
    }
}

void wck_arena_fill(const struct wck_arena *arena, const struct wck_arena_slot *slot,
                    size_t first, size_t count)
{
    size_t size = wck_dtype_row(slot->dtype)->size;

    fill((unsigned char *)wck_arena_output(arena, slot) + first * size, count * size,
         slot->dtype);
}

/* Where the array's own pages begin; those between are guards. */
static size_t pages_of(const struct wck_arena_slot *slot)
{
    return round_up(bytes_of(slot), PAGE);
}

enum wck_status wck_arena_place_outputs(struct wck_arena *arena,
                                        struct wck_arena_slot *slots, size_t count,
                                        struct wck_error *err)
{
    size_t end = PAGE, previous = 0;
    enum wck_status status;

    arena->turn++;
    for (size_t i = 0; i < count; i++) {
        size_t pages = pages_of(&slots[i]);

        slots[i].offset = end;
        if ((arena->turn + i) % 2 == 1)
            slots[i].offset +=
                pages - round_up(bytes_of(&slots[i]), WCK_ARENA_ALIGNMENT);
        end += pages + PAGE;
    }
    status = grow(&arena->outputs, end, err);
    if (status != WCK_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        memset(arena->outputs.data + previous, OUTSIDE, slots[i].offset - previous);
        if (!slots[i].sparse)
            wck_arena_fill(arena, &slots[i], 0, slots[i].count);
        previous = slots[i].offset + bytes_of(&slots[i]);
    }
    memset(arena->outputs.data + previous, OUTSIDE, end - previous);
    return WCK_OK;
}

/* The first byte from `from` on, before `to`, that is not as it was; `to` if all are.
 */
static size_t first_changed(const unsigned char *data, size_t from, size_t to)
{
    while (from < to && data[from] == OUTSIDE)
        from++;
    return from;
}

void wck_arena_check_outside(const struct wck_arena *arena,
                             const struct wck_arena_slot *slots, size_t count,
                             struct wck_arena_damage *damage)
{
    size_t from = 0;

    for (size_t i = 0; i <= count && !damage->outside; i++) {
        size_t behind = i > 0 ? slots[i - 1].offset + bytes_of(&slots[i - 1]) : 0;
        size_t to = i < count ? slots[i].offset : round_up(behind, PAGE) + PAGE, at;

        from = behind;
        at = first_changed(arena->outputs.data, from, to);
        if (at == to)
            continue;
        damage->outside = true;
        damage->slot = i;
        damage->distance = (long long)at - (long long)to;
        /* Nearer to the end of the array before? */
        if (i == count || (i > 0 && at - behind < to - at)) {
            damage->slot = i - 1;
            damage->distance = (long long)(at - behind) + 1;
        }
    }
}

/* Any number of such a type may be meant. */
static bool is_whole(enum wck_dtype dtype)
{
    return !(wck_dtype_row(dtype)->roundoff > 0.0);
}

static bool holds_pattern(const unsigned char *data, size_t size, uint64_t pattern)
{
    return memcmp(data, &pattern, size) == 0;
}

void wck_arena_check_written(const struct wck_arena *arena,
                             const struct wck_arena_slot *slots, size_t slot,
                             struct wck_arena_damage *damage)
{
    const struct wck_arena_slot *s = &slots[slot];
    const unsigned char *data = wck_arena_output(arena, s);
    size_t size = wck_dtype_row(s->dtype)->size, unwritten = 0, first;
    uint64_t pattern = pattern_of(s->dtype);
    bool whole = is_whole(s->dtype);

    if (whole && s->count > 0 && !holds_pattern(data, size, pattern))
        return;
    first = wck_pour_find(data, s->count, size, pattern);
    for (size_t i = first; i < s->count; i++)
        unwritten += holds_pattern(data + i * size, size, pattern);
    if (unwritten == 0 || (whole && unwritten < s->count))
        return;
    damage->slot = slot;
    damage->unwritten = unwritten;
    damage->first = first;
}

bool wck_arena_is_untouched(const struct wck_arena *arena,
                            const struct wck_arena_slot *slot, size_t element)
{
    const unsigned char *data = wck_arena_output(arena, slot);
    size_t size = wck_dtype_row(slot->dtype)->size;

    return holds_pattern(data + element * size, size, pattern_of(slot->dtype));
}

void wck_arena_fetch(const struct wck_arena *arena, const struct wck_arena_slot *slots,
                     size_t slot, void *to, struct wck_arena_damage *damage)
{
    const struct wck_arena_slot *s = &slots[slot];
    const void *from = wck_arena_output(arena, s);
    bool look = is_whole(s->dtype);

    if (look)
        memcpy(to, from, bytes_of(s));
    else
        look = wck_pour(to, from, s->count, wck_dtype_row(s->dtype)->size,
                        pattern_of(s->dtype));
    if (look)
        wck_arena_check_written(arena, slots, slot, damage);
}
