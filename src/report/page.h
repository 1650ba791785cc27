/* Page: the files of page/, line by line; made into strings when this is built. */
#ifndef WCK_REPORT_PAGE_H
#define WCK_REPORT_PAGE_H

/* Each ends with NULL.  The lines of page.html hold marks, @NAME@, in place of what
 * html.c writes there. */
extern const char *const wck_page_html[];
extern const char *const wck_page_css[];
extern const char *const wck_page_js[];

#endif
