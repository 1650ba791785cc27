/* Cell: the stretch between two knots of a kernel, where an output is one smooth
 * function of a coordinate, and its derivative there from values at a few nodes.
 *
 * Along one axis an output is a polynomial of the kernel's degree d between knots.  Its
 * derivative anywhere in the cell is that of the polynomial through its values at d + 1
 * nodes, whatever their distance: there is no truncation error, so the nodes are spread
 * over the cell (Chebyshev's, which keep the weights small).  Of Lanczos, no
 * polynomial, WCK_CELL_NODES are taken, and the truncation error worked out from its
 * weights. */
#ifndef WCK_CHECKER_CELL_H
#define WCK_CHECKER_CELL_H

#include "reference/kernel.h"
#include "reference/tensor.h"

#define WCK_CELL_NODES 12

enum wck_side { WCK_RIGHT, WCK_LEFT };

struct wck_cell {
    double at[WCK_CELL_NODES];     /* the nodes, as the type holds them */
    double weight[WCK_CELL_NODES]; /* derivative = sum of weight x value */
    double amplification;          /* sum of |weights| */
    double truncation; /* the derivative's error, for pixels up to 1 in magnitude */
};

/* Nodes that a cell of this kernel has: at least two. */
int wck_cell_nodes(const struct wck_kernel *kernel);

/* The cell that holds u, with the weights of the derivative at u.  At a knot, that on
 * the side asked for; elsewhere there is but one. */
void wck_cell_place(struct wck_cell *cell, const struct wck_kernel *kernel,
                    enum wck_dtype dtype, double u, enum wck_side side);

#endif
