#include "src/subject/pour.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define RUN ((size_t)128) /* bytes looked at before any element is asked after */

/* Written for the compiler to compare many at once. */
static bool run_holds_16(const unsigned char *run, uint16_t pattern)
{
    uint16_t unit, found = 0;

    for (size_t k = 0; k < RUN; k += sizeof unit) {
        memcpy(&unit, run + k, sizeof unit);
        found = (uint16_t)(found | (unit == pattern ? UINT16_MAX : 0));
    }
    return found != 0;
}

static bool run_holds_32(const unsigned char *run, uint32_t pattern)
{
    uint32_t unit, found = 0;

    for (size_t k = 0; k < RUN; k += sizeof unit) {
        memcpy(&unit, run + k, sizeof unit);
        found |= unit == pattern ? UINT32_MAX : 0;
    }
    return found != 0;
}

/* May an element of the run hold the pattern?  Of 64 bits half are enough to rule it
 * out; single bytes are asked one by one. */
static bool run_may_hold(const unsigned char *run, size_t width, uint64_t pattern)
{
    if (width == 1)
        return true;
    return width == 2 ? run_holds_16(run, (uint16_t)pattern)
                      : run_holds_32(run, (uint32_t)pattern);
}

size_t wck_pour_find(const void *data, size_t count, size_t width, uint64_t pattern)
{
    const unsigned char *bytes = data;
    size_t run = RUN / width, i = 0;

    while (i < count) {
        if (count - i >= run && !run_may_hold(bytes + i * width, width, pattern)) {
            i += run;
            continue;
        }
        for (size_t k = 0; k < run && i < count; k++, i++) {
            if (memcmp(bytes + i * width, &pattern, width) == 0)
                return i;
        }
    }
    return count;
}

/* ---- copying ---- */

/* What comes after the last whole line; everything, where the compiler knows no lines.
 */
static bool pour_rest(unsigned char *to, const unsigned char *from, size_t count,
                      size_t width, uint64_t pattern)
{
    memcpy(to, from, count * width);
    return wck_pour_find(to, count, width, pattern) < count;
}

#ifdef __SSE2__

#define LARGE ((size_t)1 << 21) /* bytes from which on a cache does not keep them */
#define LINE ((size_t)64)       /* bytes of a cache line: four pieces */
#define ALIAS                                                                          \
    4096 /* a load waits for stores before it that are such a multiple away            \
          */

struct manner {
    bool narrow; /* units of 16 bits are looked at, else of 32 */
    bool past;   /* stores go past the caches, to where pieces are aligned */
    bool back;   /* from the last line to the first */
};

static void store(__m128i *to, __m128i piece, struct manner manner)
{
    if (manner.past)
        _mm_stream_si128(to, piece);
    else
        _mm_storeu_si128(to, piece);
}

static __m128i equal(__m128i a, __m128i b, struct manner manner)
{
    return manner.narrow ? _mm_cmpeq_epi16(a, b) : _mm_cmpeq_epi32(a, b);
}

/* Copies a line; what comes back is not 0 where a unit of it is a wanted one. */
static __m128i pour_line(unsigned char *to, const unsigned char *from, __m128i wanted,
                         struct manner manner)
{
    const __m128i *read = (const void *)from;
    __m128i *write = (void *)to;
    __m128i a = _mm_loadu_si128(read), b = _mm_loadu_si128(read + 1);
    __m128i c = _mm_loadu_si128(read + 2), d = _mm_loadu_si128(read + 3);

    store(write, a, manner);
    store(write + 1, b, manner);
    store(write + 2, c, manner);
    store(write + 3, d, manner);
    return _mm_or_si128(
        _mm_or_si128(equal(a, wanted, manner), equal(b, wanted, manner)),
        _mm_or_si128(equal(c, wanted, manner), equal(d, wanted, manner)));
}

/* Looks at the lines as run_may_hold does. */
static bool pour_lines(unsigned char *to, const unsigned char *from, size_t lines,
                       uint64_t pattern, struct manner manner)
{
    __m128i wanted =
        manner.narrow ? _mm_set1_epi16((short)pattern) : _mm_set1_epi32((int)pattern);
    __m128i found = _mm_setzero_si128();

    for (size_t i = 0; i < lines; i++) {
        size_t at = (manner.back ? lines - 1 - i : i) * LINE;

        found = _mm_or_si128(found, pour_line(to + at, from + at, wanted, manner));
    }
    _mm_sfence();
    return _mm_movemask_epi8(found) != 0;
}

bool wck_pour(void *to, const void *from, size_t count, size_t width, uint64_t pattern)
{
    /* In the direction in which no store is the alias of the loads that come next. */
    struct manner manner = {
        .narrow = width == 2,
        .past = count * width >= LARGE && (uintptr_t)to % sizeof(__m128i) == 0,
        .back = ((uintptr_t)to - (uintptr_t)from) % ALIAS < ALIAS / 2};
    size_t lines = count * width / LINE, done = lines * LINE / width;
    bool rest = pour_rest((unsigned char *)to + done * width,
                          (const unsigned char *)from + done * width, count - done,
                          width, pattern);

    return (pour_lines(to, from, lines, pattern, manner) &&
            wck_pour_find(to, done, width, pattern) < done) ||
           rest;
}

#else

bool wck_pour(void *to, const void *from, size_t count, size_t width, uint64_t pattern)
{
    return pour_rest(to, from, count, width, pattern);
}

#endif
