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
enum wck_status wck_html_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err);

#endif
