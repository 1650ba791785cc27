#include "src/subject/pour.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LARGE ((size_t)1 << 21) /* bytes from which on a cache does not keep them */
#define CHUNK ((size_t)1 << 14) /* bytes copied and looked at by turns */
#define RUN ((size_t)128)       /* bytes looked at before any element is asked after */

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

static bool pour_cached(unsigned char *to, const unsigned char *from, size_t count,
                        size_t width, uint64_t pattern)
{
    bool found = false;

    for (size_t i = 0; i < count; i += CHUNK / width) {
        size_t some = count - i < CHUNK / width ? count - i : CHUNK / width;

        memcpy(to + i * width, from + i * width, some * width);
        found = found || wck_pour_find(to + i * width, some, width, pattern) < some;
    }
    return found;
}

#ifdef __SSE2__

#define LINE ((size_t)64) /* bytes of a cache line, in four pieces */

/* Copies whole lines to where pieces are aligned, and looks at them as run_may_hold
 * does. */
static bool pour_lines(unsigned char *to, const unsigned char *from, size_t lines,
                       bool narrow, uint64_t pattern)
{
    __m128i wanted =
        narrow ? _mm_set1_epi16((short)pattern) : _mm_set1_epi32((int)pattern);
    __m128i found = _mm_setzero_si128();

    for (size_t i = 0; i < lines * (LINE / sizeof found); i++) {
        const void *read = from + i * sizeof found;
        void *write = to + i * sizeof found;
        __m128i piece = _mm_loadu_si128(read);

        _mm_stream_si128(write, piece);
        found = _mm_or_si128(found, narrow ? _mm_cmpeq_epi16(piece, wanted)
                                           : _mm_cmpeq_epi32(piece, wanted));
    }
    _mm_sfence();
    return _mm_movemask_epi8(found) != 0;
}

static bool pour_past_caches(unsigned char *to, const unsigned char *from, size_t count,
                             size_t width, uint64_t pattern)
{
    size_t lines = count * width / LINE, done = lines * LINE / width;
    bool maybe = width == 2 ? pour_lines(to, from, lines, true, pattern)
                            : pour_lines(to, from, lines, false, pattern);
    bool rest = pour_cached(to + done * width, from + done * width, count - done, width,
                            pattern);

    return rest || (maybe && wck_pour_find(to, done, width, pattern) < done);
}

#endif

bool wck_pour(void *to, const void *from, size_t count, size_t width, uint64_t pattern)
{
#ifdef __SSE2__
    if (count * width >= LARGE && (uintptr_t)to % sizeof(__m128i) == 0)
        return pour_past_caches(to, from, count, width, pattern);
#endif
    return pour_cached(to, from, count, width, pattern);
}
