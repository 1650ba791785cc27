#include "reference/clip.h"
#include "reference/pass.h"

/* Some libraries sum in a fixed-point arithmetic of their own. */
static void gather(const struct wck_pass *pass, const struct wck_plane *from)
{
    const struct wck_rounding *rounding = pass->warp->rounding;

    if (rounding != NULL && rounding->gather != NULL)
        rounding->gather(pass->warp, &pass->block, from, pass->value);
    else
        wck_warp_stages(pass->warp)
            ->gather(pass->warp, &pass->block, from, pass->value);
}

enum wck_status wck_warp_forward(const struct wck_warp *warp,
                                 const struct wck_image *image,
                                 const struct wck_image *output, struct wck_error *err)
{
    struct wck_image source = {0};
    struct wck_pass pass;
    enum wck_status status = wck_pass_check(warp, image, output, err);
    size_t count;

    if (status != WCK_OK)
        return status;
    status = wck_pass_init(&pass, warp, err);
    if (status == WCK_OK)
        status = wck_pass_source(warp, image, &source, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&pass, first)) > 0;
         first += count) {
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            struct wck_plane from = wck_pass_plane(warp, &source, p);

            gather(&pass, &from);
            wck_pass_store(&pass, output, p);
        }
    }
    if (status == WCK_OK)
        wck_clip_output(warp, image, output);
    wck_pass_free(warp, &source);
    wck_pass_release(&pass);
    return status;
}
