/* Status: what went wrong with *us*.  Never mixed with a verdict, which says what is
 * true of the subject (src/verdict/finding.h). */
#ifndef WCK_BASE_STATUS_H
#define WCK_BASE_STATUS_H

/* ROW(enumerator, one-line meaning) */
#define WCK_STATUSES(ROW)                                                              \
    ROW(WCK_OK, "no error")                                                            \
    ROW(WCK_INVALID, "an argument is not usable")                                      \
    ROW(WCK_NO_MEMORY, "out of memory")                                                \
    ROW(WCK_IO, "a file could not be read or written")                                 \
    ROW(WCK_FORMAT, "a file is not what it should be")                                 \
    ROW(WCK_UNSUPPORTED, "a valid request that this build or subject does not serve")  \
    ROW(WCK_SUBJECT, "the subject crashed, hung or broke the protocol")

#define WCK_STATUS_ENUM(name, text) name,
enum wck_status { WCK_STATUSES(WCK_STATUS_ENUM) WCK_STATUS_COUNT };
#undef WCK_STATUS_ENUM

/* The meaning of `status` in a few words; a static string, never NULL. */
const char *wck_status_text(enum wck_status status);

#endif
