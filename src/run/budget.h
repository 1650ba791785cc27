/* Budget: the time that a verification may take, and what of it goes to what. */
#ifndef WCK_RUN_BUDGET_H
#define WCK_RUN_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct wck_budget {
    double began;   /* of wck_clock_seconds */
    double seconds; /* 0: no limit */
};

struct wck_budget wck_budget_begin(double seconds);

/* The item to put as the `turn`th of `count`.  Those of one kind stand next to each
 * other: where time may run out, the kinds are visited by turns. */
size_t wck_budget_item(const struct wck_budget *budget, size_t turn, size_t count);

/* Is the time for items up?  Where something failed the last quarter of it goes to
 * finding out what. */
bool wck_budget_is_up(const struct wck_budget *budget, bool failed);

/* When a diagnosis that begins now is to end, of wck_clock_seconds; 0: never.  With all
 * of the time that is left, or where items are `waiting` with a quarter of the whole at
 * most. */
double wck_budget_until(const struct wck_budget *budget, bool waiting);

#endif
