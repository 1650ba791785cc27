#include "check/coverage/named.h"

#include <stdlib.h>
#include <string.h>

#define OWN "none: the warp's own gradient"

static const struct named rows[] = {
    /* 54 x 44 pixels land in the output; a row and a column more are listed. */
    {.name = "the story",
     .warp = {"bilinear",
              "replicate",
              {1, 0, 10, 0, 1, 20},
              true,
              false,
              {64, 64},
              {64, 64}},
     .channels = 3,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0 / 12288.0,
     .covered = 7128,
     .expected = {{"out-of-view", 4863}, {"zero-weight", 297}}},
    /* Each output reads four pixels of its own.  The frame is a square of 112^2 over
     * the determinant, 141264.3 pixels, and holds 141264 centres. */
    {.name = "the face crop",
     .warp = {"bilinear",
              "constant",
              {0.2873, 0.0791, -98.37, -0.0791, 0.2873, -41.93},
              true,
              false,
              {1024, 1024},
              {112, 112}},
     .channels = 1,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0 / 12544.0,
     .covered = 50176,
     .expected = {{"out-of-view", 907312}, {"skipped", 91088}}},
    /* Each output reads the middle 2 x 2 of 4 x 4 pixels. */
    {.name = "a 0.25x downscale",
     .warp = {"bilinear",
              "reflect",
              {0.25, 0, -0.375, 0, 0.25, -0.375},
              true,
              false,
              {64, 48},
              {16, 12}},
     .channels = 3,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0,
     .covered = 3 * 16 * 12 * 4,
     .expected = {{"skipped", 3 * 16 * 12 * 12}}},
    /* Of the same without half pixels, 1 of 16 and three that weigh nothing; what is
     * beyond column 62 or row 46 is out of view. */
    {.name = "every fourth pixel",
     .warp =
         {"bilinear", "constant", {4, 0, 0, 0, 4, 0}, false, false, {64, 48}, {16, 12}},
     .channels = 1,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0,
     .covered = 16 * 12,
     .expected = {{"zero-weight", 16 * 12 * 3},
                  {"out-of-view", 64 + 47},
                  {"skipped", 63 * 47 - 16 * 12 * 4}}},
    /* Columns 0 to 36 and rows 0 to 24; column 37 and row 25 are listed. */
    {.name = "a whole-pixel shift",
     .warp =
         {"bilinear", "constant", {1, 0, 3, 0, 1, 5}, true, false, {40, 30}, {40, 30}},
     .channels = 2,
     .type = "float64",
     .subject = "honest",
     .loss = 1.0,
     .covered = 2 * 37 * 25,
     .expected = {{"zero-weight", 2 * (26 + 37)},
                  {"out-of-view", 2 * (40 * 30 - 38 * 26)}}},
    /* Outputs 0 to 7 of each row read columns 0 to 8. */
    {.name = "a masked loss",
     .warp = {"bilinear",
              "constant",
              {1, 0, 0.25, 0, 1, 0.25},
              false,
              false,
              {20, 10},
              {20, 10}},
     .channels = 1,
     .type = "float32",
     .subject = "honest",
     .loss = 1.0,
     .masked_from = 8,
     .covered = 9 * 10,
     .expected = {{"upstream-zero", 11 * 10}}},
    {.name = "float16 underflow",
     .warp = {"bilinear",
              "constant",
              {1, 0, 0.25, 0, 1, 0.25},
              false,
              false,
              {20, 10},
              {20, 10}},
     .channels = 1,
     .type = "float16",
     .subject = OWN,
     .loss = 0x1p-26,
     .expected = {{"underflow", 200}}},
    /* Sums of 0x1p-24, of products that float16 loses one by one; at the rim, where one
     * product is the whole sum, as well. */
    {.name = "float16 underflow, product by product",
     .warp = {"bilinear",
              "constant",
              {1, 0, 0.5, 0, 1, 0.5},
              false,
              false,
              {20, 10},
              {20, 10}},
     .channels = 1,
     .type = "float16",
     .subject = "honest",
     .loss = 0x1p-24,
     .expected = {{"underflow", 200}}},
    {.name = "detach",
     .warp = {"bilinear",
              "constant",
              {1, 0, 0.25, 0, 1, 0.25},
              false,
              false,
              {20, 10},
              {20, 10}},
     .channels = 3,
     .type = "float32",
     .subject = "detached",
     .loss = 1.0,
     .expected = {{"lost-in-backward", 600}}},
    {.name = "uint8 rounding",
     .warp = {"bilinear",
              "constant",
              {1, 0, 0.296875, 0, 1, 0.203125},
              false,
              false,
              {20, 10},
              {20, 10}},
     .channels = 3,
     .type = "float32",
     .subject = "output rounded to uint8",
     .loss = 1.0,
     .expected = {{"plateau", 600}}},
    /* OpenCV reads pixel (0, 0) for every sample. */
    {.name = "a singular matrix",
     .warp =
         {"bilinear", "constant", {1, 2, 3, 2, 4, 6}, true, true, {20, 10}, {20, 10}},
     .channels = 1,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0,
     .covered = 1,
     .expected = {{"zero-weight", 3}, {"out-of-view", 196}}},
    /* Samples on row 3, from 1/2 to 7 1/2; their frame goes from -1 to 9. */
    {.name = "a matrix that is singular from output to source",
     .warp =
         {"bilinear", "constant", {1, 2, 0.5, 0, 0, 3}, false, false, {20, 10}, {4, 3}},
     .channels = 1,
     .type = "float32",
     .subject = OWN,
     .loss = 1.0,
     .covered = 9,
     .expected = {{"zero-weight", 9}, {"out-of-view", 181}, {"skipped", 1}}},
};

size_t named_count(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct named *named_row(size_t row)
{
    return &rows[row];
}

struct drawn named_make(const struct named *named)
{
    size_t width = named->warp.output[0];
    size_t count = named->channels * width * named->warp.output[1];
    struct drawn drawn = {.warp = named->warp,
                          .batch = 1,
                          .channels = named->channels,
                          .layout = "HWC",
                          .map = named->name,
                          .upstream = calloc(count, sizeof(double))};
    struct wck_rng rng = wck_rng_start(1, 1);

    for (size_t i = 0; i < EXPLAIN_TYPES; i++) {
        if (strcmp(explain_types[i].name, named->type) == 0)
            drawn.type = &explain_types[i];
    }
    for (size_t i = 0; i < count; i++) {
        if (named->masked_from == 0 || i % width < named->masked_from)
            drawn.upstream[i] = named->loss;
    }
    for (size_t row = 0; row < drawn_subjects(); row++) {
        if (strcmp(drawn_subject(row), named->subject) == 0)
            drawn_give(&drawn, row, &rng);
    }
    return drawn;
}
