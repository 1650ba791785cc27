/* Chain: coverage through several warps, each of the output of the one before.
 *
 * The gradient with respect to the output of warp k is the upstream gradient of warp k,
 * made backward from the last.  It is kept in float64; what underflows or overflows in
 * the gradient's type on the way is lost there.
 *
 * An entry of the first image that gets none was lost in warp 1 where that warp's own
 * rule says so.  Where all that its outputs get is 0 (upstream-zero of a single warp),
 * each of these was lost further on, for causes of its own.  The entry's reason is the
 * first, in the order of WCK_REASONS, of all causes behind it, in the first warp that
 * has it. */
#ifndef WCK_COVERAGE_CHAIN_H
#define WCK_COVERAGE_CHAIN_H

#include "src/coverage/handback.h"

/* Everything is borrowed. */
struct wck_chain_request {
    const struct wck_warp *links;     /* in the order in which they are applied */
    size_t count;                     /* 1 .. WCK_LINKS */
    size_t batch, channels;           /* of the image; 0 means 1 */
    enum wck_dtype dtype;             /* in which gradients are kept */
    const struct wck_image *upstream; /* of the last one's output; NULL: `uniform` */
    double uniform;
};

/* What one warp of the chain is to it. */
struct wck_chain_link {
    size_t pixels_total, pixels_covered; /* of its image, the gradient being that of
                                            the whole chain */
    /* Of the first image: lost in this warp for that reason. */
    size_t pixels[WCK_REASON_COUNT], entries[WCK_REASON_COUNT];
    size_t behind[WCK_REASON_COUNT]; /* entries that have it among their causes, as the
                                        first of them or not */
};

/* {0} is of no chain. */
struct wck_chain {
    struct wck_coverage coverage; /* of the first image: its reasons are those of the
                                     chain; reads, weights, frame and what a
                                     straight-through trick reaches are of warp 1 */
    unsigned char *lost; /* height x width: the warp, from 1, of the pixel's reason; 0
                            where it is covered */
    struct wck_chain_link links[WCK_LINKS];
    size_t count;
};

/* Release with wck_chain_release, whatever was returned.  WCK_INVALID where there are
 * no or too many links, or one does not take the output of the one before; what
 * wck_coverage_explain returns. */
enum wck_status wck_chain_explain(struct wck_chain *chain,
                                  const struct wck_chain_request *request,
                                  struct wck_error *err);
void wck_chain_release(struct wck_chain *chain);

#endif
