/* Replay: a recording as a trace: what was recorded, or what the reference with a
 * behaviour makes of the recorded inputs, in the same order.  What was not recorded is
 * in neither. */
#ifndef WCK_DIAGNOSE_REPLAY_H
#define WCK_DIAGNOSE_REPLAY_H

#include "src/deviation/deviation.h"
#include "src/diagnose/trace.h"
#include "src/subject/recording.h"

/* What was recorded; the bounds are the reference's margins. */
enum wck_status wck_replay_recorded(struct wck_trace *trace,
                                    const struct wck_recording *recording,
                                    struct wck_error *err);

/* What a behaviour does, with the kernel and the border of `warp` in place of the
 * recording's (a prefilter is dropped where that kernel has none).  The trace has no
 * bounds. */
enum wck_status wck_replay_behaviour(struct wck_trace *trace,
                                     const struct wck_recording *recording,
                                     const struct wck_behaviour *behaviour,
                                     const struct wck_warp *warp,
                                     struct wck_error *err);

#endif
