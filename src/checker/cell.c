#include "src/checker/cell.h"

#include <math.h>

#define PI 3.14159265358979323846

int wck_cell_nodes(const struct wck_kernel *kernel)
{
    if (kernel->degree < 0)
        return WCK_CELL_NODES;
    return kernel->degree < 1 ? 2 : kernel->degree + 1;
}

/* Chebyshev's nodes of (0, 1), as multiples of 2^-10: exact beside a whole number. */
static double node(int j, int count)
{
    double t = 0.5 - 0.5 * cos(PI * (2.0 * j + 1.0) / (2.0 * count));

    return nearbyint(t * 1024.0) / 1024.0;
}

/* l_j'(u) of Lagrange's l_j(u) = prod over i != j of (u - x_i) / (x_j - x_i). */
static double derivative_weight(const double *x, int count, int j, double u)
{
    double sum = 0.0;

    for (int m = 0; m < count; m++) {
        double product = 1.0;

        if (m == j)
            continue;
        for (int i = 0; i < count; i++) {
            if (i != j && i != m)
                product *= (u - x[i]) / (x[j] - x[i]);
        }
        sum += product / (x[j] - x[m]);
    }
    return sum;
}

/* What the rule makes of each tap's weight, against its slope at u.  `base` is the same
 * for all nodes: they lie in one cell. */
static double truncation(const struct wck_cell *cell, const struct wck_kernel *kernel,
                         int count, double base, double u)
{
    struct wck_weights at[WCK_CELL_NODES] = {0}, exact = {0};
    double sum = 0.0;

    kernel->eval(kernel, u - base, &exact);
    for (int j = 0; j < count; j++)
        kernel->eval(kernel, cell->at[j] - base, &at[j]);
    for (int k = 0; k < kernel->support; k++) {
        double error = -exact.slope[k];

        for (int j = 0; j < count; j++)
            error += cell->weight[j] * at[j].weight[k];
        sum += fabs(error);
    }
    return sum;
}

void wck_cell_place(struct wck_cell *cell, const struct wck_kernel *kernel,
                    enum wck_dtype dtype, double u, enum wck_side side)
{
    int count = wck_cell_nodes(kernel);
    double low = floor(u - kernel->knot) + kernel->knot;

    if (side == WCK_LEFT && fpclassify(u - low) == FP_ZERO)
        low -= 1.0;
    *cell = (struct wck_cell){.amplification = 0.0};
    for (int j = 0; j < count; j++)
        cell->at[j] = wck_dtype_round(dtype, low + node(j, count));
    for (int j = 0; j < count; j++) {
        cell->weight[j] = derivative_weight(cell->at, count, j, u);
        cell->amplification += fabs(cell->weight[j]);
    }
    if (kernel->degree < 0)
        cell->truncation = truncation(cell, kernel, count, low - kernel->knot, u);
}
