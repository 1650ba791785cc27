/* Arena: the two memory files through which a worker and the host share arrays.
 *
 * Both are anonymous, grow as calls need it and never shrink, so that neither side maps
 * anything anew from one call to the next.  The inputs file is sealed: only the mapping
 * that the host made before, and copies of that mapping, can write to it.  Parts of it
 * are lent to the host's own arrays, which then need not be copied for a call.  Each
 * output lies between pages of a known
 * pattern, by turns at the beginning and at the end of pages of its own, and is itself
 * filled with a pattern: afterwards it shows what was written outside, and what was
 * not written at all. */
#ifndef WCK_SUBJECT_ARENA_H
#define WCK_SUBJECT_ARENA_H

#include "reference/tensor.h"

#define WCK_ARENA_ALIGNMENT ((size_t)64)

struct wck_arena_file {
    int descriptor;
    unsigned char *data;
    size_t size;
};

/* A part of the inputs file, mapped by itself so that it stays where it is. */
struct wck_arena_loan {
    unsigned char *data; /* NULL: none */
    size_t offset, size;
};

#define WCK_ARENA_LOANS 8

struct wck_arena {
    struct wck_arena_file inputs, outputs;
    struct wck_arena_loan loans[WCK_ARENA_LOANS];
    size_t turn; /* calls so far: where outputs lie in their pages */
};

/* One array of a call, contiguous; or with gaps, and then all that it spans. */
struct wck_arena_slot {
    enum wck_dtype dtype;
    size_t count;     /* elements */
    const void *data; /* of an input: where its elements are now; NULL: to come */
    size_t offset;    /* bytes from the file's beginning; set here */
    bool sparse;      /* little of it is the array's: an output that is not filled */
};

/* What the outputs show after a call; all 0 where all is well. */
struct wck_arena_damage {
    bool outside;       /* bytes outside changed, the first at: */
    size_t slot;        /* of the array that lies nearest */
    long long distance; /* bytes before its first (negative), or behind its last */
    size_t unwritten;   /* elements of `slot` that nobody wrote */
    size_t first;       /* of them */
};

/* WCK_UNSUPPORTED where the system has no memory files that can be sealed.  Release
 * whatever was returned. */
enum wck_status wck_arena_init(struct wck_arena *arena, struct wck_error *err);
void wck_arena_release(struct wck_arena *arena);

#define WCK_ARENA_WORTH ((size_t)1 << 18) /* bytes; less is copied in microseconds */

/* Zeroed memory for an array of the host's own that is going to be an input of calls.
 * NULL where there is none to be had, and for what is not worth it.  Take back before
 * the release. */
void *wck_arena_lend(struct wck_arena *arena, size_t size);

/* False where the memory is none that was lent. */
bool wck_arena_take_back(struct wck_arena *arena, const void *data);

/* Places arrays, those whose data are lent where they are; pointers that
 * wck_arena_input gave before are void. */
enum wck_status wck_arena_place_inputs(struct wck_arena *arena,
                                       struct wck_arena_slot *slots, size_t count,
                                       struct wck_error *err);

/* The same, and fills them, but for sparse ones, and what lies around them with the
 * patterns. */
enum wck_status wck_arena_place_outputs(struct wck_arena *arena,
                                        struct wck_arena_slot *slots, size_t count,
                                        struct wck_error *err);

/* Fills elements of a sparse output with the pattern. */
void wck_arena_fill(const struct wck_arena *arena, const struct wck_arena_slot *slot,
                    size_t first, size_t count);

/* Where an input has to be copied to; NULL where it already is. */
void *wck_arena_input(const struct wck_arena *arena, const struct wck_arena_slot *slot);
void *wck_arena_output(const struct wck_arena *arena,
                       const struct wck_arena_slot *slot);

/* Looks for bytes that changed outside of all arrays. */
void wck_arena_check_outside(const struct wck_arena *arena,
                             const struct wck_arena_slot *slots, size_t count,
                             struct wck_arena_damage *damage);

/* Looks for elements of one array that still hold the pattern.  It is a NaN that no
 * arithmetic makes; of integers, any of which may be meant, all must hold it. */
void wck_arena_check_written(const struct wck_arena *arena,
                             const struct wck_arena_slot *slots, size_t slot,
                             struct wck_arena_damage *damage);

/* Does an element of an output still hold the pattern? */
bool wck_arena_is_untouched(const struct wck_arena *arena,
                            const struct wck_arena_slot *slot, size_t element);

/* As wck_arena_check_written while copying the array to `to`. */
void wck_arena_fetch(const struct wck_arena *arena, const struct wck_arena_slot *slots,
                     size_t slot, void *to, struct wck_arena_damage *damage);

#endif
