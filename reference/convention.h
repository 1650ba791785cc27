/* Convention: everything that a library's warp fixes, in that library's own words.
 *
 * A row says which array carries the map, which words its caller may use, and binds
 * them to a warp: kernel, border, fold, arithmetic, prefilter, rounding and units.  The
 * rules themselves are in check/vectors/RULES.md. */
#ifndef WCK_REFERENCE_CONVENTION_H
#define WCK_REFERENCE_CONVENTION_H

#include "reference/warp.h"

/* The array that carries the map. */
enum wck_carrier {
    WCK_CARRIER_MATRIX, /* 2x3, 3x3 or 3x4 */
    WCK_CARRIER_GRID,   /* normalised coordinates, last axis x, y(, z) */
    WCK_CARRIER_MAPS,   /* map_x and map_y, pixels */
    WCK_CARRIER_COORDS, /* pixels, one array an axis */
    WCK_CARRIER_FLOW    /* displacements in pixels */
};

/* What the caller chose; {0} with align_corners -1 is "nothing said". */
struct wck_choices {
    const char *interp, *border; /* NULL: the library's default */
    const char *version;         /* of the library; NULL: its newest known here */
    int align_corners;           /* 0, 1; -1: not said */
    bool inverse_map;            /* cv2.WARP_INVERSE_MAP; what other libraries do anyway
                                    may be said too */
    bool clip;                   /* scikit-image: clip=True */
    bool preserve_range;         /* scikit-image: an integer image is not divided */
    bool unfiltered;             /* SciPy: prefilter=False */
    bool normalized;             /* kornia.remap: normalized_coordinates */
    bool ipp;                    /* OpenCV: Intel's library did it */
    int axes;                    /* 2 or 3 */
    enum wck_dtype dtype;        /* of the image */
    enum wck_dtype map_dtype;    /* of the array that carries the map */
    size_t channels;
};

struct wck_convention {
    const char *name;
    const char *summary;
    enum wck_carrier carrier;
    bool reversed;       /* the array holds its axes slowest first: z, y, x */
    bool axis_last;      /* a flow's axes are its last dimension, not its first */
    bool has_flag;       /* takes align_corners */
    bool has_inverse;    /* takes WARP_INVERSE_MAP */
    bool has_normalized; /* takes normalized_coordinates */
    bool has_clip;       /* takes clip */
    bool has_prefilter;  /* takes prefilter=False */
    bool has_ipp;        /* Intel's library may do it */
    bool scales;   /* an integer image is divided by its type's largest number where the
                      output is float64 */
    bool has_fill; /* reads a border value */
    bool has_volumes;   /* takes volumes too, not only images */
    bool projective;    /* a 3x3 matrix is a homography; else its last row is 0 0 1 */
    bool zero_singular; /* a singular matrix reads source pixel (0, 0) everywhere */
    enum wck_direction direction; /* of the matrix */
    bool single_maps; /* coordinates are float32 whatever the image's type */
    bool has_scalar;  /* a border value may be a cv::Scalar: up to 4 components, those
                         that are missing 0, in the image's type */
    bool strict;      /* takes its own words only, not what others call them */
    bool anyones;   /* no library's: either side of a kink is right, and coordinates may
                       round as by a normalised grid */
    bool same_size; /* its outputs have the image's size, and there are no others */
    const char *interps;  /* words, separated by blanks; the default first */
    const char *borders;  /* likewise */
    const char *layouts;  /* likewise, what is meant where none is said: one a rank;
                             NULL: "HW HWC NHWC" */
    const char *versions; /* first numbers of those whose rules differ, the newest last;
                             NULL: they do not */
    bool proven;          /* by recordings of the library in check/recordings, or there
                             is no other library to prove it by */
    /* Sets what `choices` say in a warp whose sizes and map are the caller's; the words
     * have been checked against the lists. */
    enum wck_status (*bind)(const struct wck_convention *convention,
                            const struct wck_choices *choices, struct wck_warp *warp,
                            struct wck_error *err);
};

/* Rows 0 .. wck_convention_count()-1; NULL beyond. */
size_t wck_convention_count(void);
const struct wck_convention *wck_convention_row(size_t row);

/* By name, whatever its case, or as the library's own users call it: with its modules,
 * as in scipy.ndimage.map_coordinates, or by the package's name, as in cv2.remap.  NULL
 * where there is none. */
const struct wck_convention *wck_convention_find(const char *name);

/* The layouts that are meant where none is said, separated by blanks. */
const char *wck_convention_layouts(const struct wck_convention *convention);

/* The layout of an image of that rank where none is said; NULL where there is none. */
const char *wck_convention_layout(const struct wck_convention *convention, int rank);

/* Binds the choices to a warp.  Words are matched whatever their case, with or without
 * a prefix as in cv2.BORDER_REFLECT_101 and what stands between their parts; a few are
 * called otherwise by others (linear, cubic).  WCK_INVALID for a word that the library
 * does not know, WCK_UNSUPPORTED for one that the reference does not, each with the
 * words there are.
 */
enum wck_status wck_convention_bind(const struct wck_convention *convention,
                                    const struct wck_choices *choices,
                                    struct wck_warp *warp, struct wck_error *err);

/* Sets the warp's map (bound before) by a matrix of `rows` x `columns` in the library's
 * own form and axis order. */
enum wck_status wck_convention_matrix(const struct wck_convention *convention,
                                      const struct wck_choices *choices,
                                      const double *matrix, size_t rows, size_t columns,
                                      struct wck_warp *warp, struct wck_error *err);

/* A gradient with respect to the warp's map.matrix (wck_map_entries of them) in the
 * form of the library's own rows x columns; entries that the warp does not read are 0.
 */
void wck_convention_matrix_gradient(const struct wck_convention *convention,
                                    const struct wck_warp *warp, const double *gradient,
                                    size_t rows, size_t columns, double *own);

#endif
