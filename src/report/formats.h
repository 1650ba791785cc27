/* Formats: the writers behind the registry of report.h, for report.c alone. */
#ifndef WCK_REPORT_FORMATS_H
#define WCK_REPORT_FORMATS_H

#include "src/report/report.h"

enum wck_status wck_text_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err);
enum wck_status wck_text_verify(const struct wck_verify_report *report,
                                struct wck_text *text, struct wck_error *err);
enum wck_status wck_json_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err);
enum wck_status wck_json_verify(const struct wck_verify_report *report,
                                struct wck_text *text, struct wck_error *err);
enum wck_status wck_junit_verify(const struct wck_verify_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_junit_coverage(const struct wck_coverage_report *report,
                                   struct wck_text *text, struct wck_error *err);
enum wck_status wck_tap_verify(const struct wck_verify_report *report,
                               struct wck_text *text, struct wck_error *err);
enum wck_status wck_sarif_verify(const struct wck_verify_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_markdown_verify(const struct wck_verify_report *report,
                                    struct wck_text *text, struct wck_error *err);
enum wck_status wck_markdown_coverage(const struct wck_coverage_report *report,
                                      struct wck_text *text, struct wck_error *err);
enum wck_status wck_lcov_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err);
enum wck_status wck_csv_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_npy_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_png_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_svg_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_html_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err);

/* Of a set of warps: in how many of them the entries get a gradient.  Nothing of one
 * warp; as JSON null.  The JSON value is the caller's, NULL where memory is short. */
void wck_text_set(struct wck_text *text, const struct wck_coverage_report *report);
struct json_t *wck_json_set(const struct wck_coverage_report *report);

/* Of a chain of warps: in which of them entries are lost.  Nothing of one warp; as JSON
 * null. */
void wck_text_chain(struct wck_text *text, const struct wck_chain *chain);
void wck_markdown_chain(struct wck_text *text, const struct wck_chain *chain);
struct json_t *wck_json_chain(const struct wck_coverage_report *report);

/* Of the gradient with respect to the map, where it was asked for; as JSON null. */
void wck_text_map(struct wck_text *text, const struct wck_map_coverage *map);
void wck_markdown_map(struct wck_text *text, const struct wck_map_coverage *map);
struct json_t *wck_json_map_gradient(const struct wck_map_coverage *map);

/* Of the gates: those that failed, before all else; those that hold, after it. */
void wck_text_gates(struct wck_text *text, const struct wck_gates *gates, bool failed);
struct json_t *wck_json_gates(const struct wck_gates *gates);

/* The map of the pixels: a string for each row, in which a run is its length, unless it
 * is 1, and the letter of its reason, '.' where the pixel is covered: "54.z9o". */
struct json_t *wck_json_map(const struct wck_coverage *coverage);

enum wck_status wck_text_compare(const struct wck_comparison *comparison,
                                 struct wck_text *text, struct wck_error *err);
enum wck_status wck_json_compare(const struct wck_comparison *comparison,
                                 struct wck_text *text, struct wck_error *err);

#endif
