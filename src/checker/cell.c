#include "src/checker/cell.h"

#include <math.h>

#define PI 3.14159265358979323846

int wck_cell_nodes(const struct wck_kernel *kernel)
{
    if (kernel->degree < 0)
        return WCK_CELL_NODES;
    return kernel->degree + 2;
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

/* The divided difference of all nodes: 1 over the product of the distances, scaled to a
 * sum of magnitudes of 1. */
static void place_check(struct wck_cell *cell, int count)
{
    double sum = 0.0;

    for (int j = 0; j < count; j++) {
        cell->check[j] = 1.0;
        for (int i = 0; i < count; i++) {
            if (i != j)
                cell->check[j] /= cell->at[j] - cell->at[i];
        }
        sum += fabs(cell->check[j]);
    }
    for (int j = 0; j < count; j++)
        cell->check[j] /= sum;
}

/* What the sums make of each tap's weight, against its slope at u, and 0.  `base` is
 * the same for all nodes: they lie in one cell. */
static void place_errors(struct wck_cell *cell, const struct wck_kernel *kernel,
                         int count, double base, double u)
{
    struct wck_weights at[WCK_CELL_NODES] = {0}, exact = {0};

    kernel->eval(kernel, (long double)u - base, &exact);
    for (int j = 0; j < count; j++)
        kernel->eval(kernel, cell->at[j] - base, &at[j]);
    for (int k = 0; k < kernel->support; k++) {
        double error = -exact.slope[k], rest = 0.0;

        for (int j = 0; j < count; j++) {
            error += cell->weight[j] * at[j].weight[k];
            rest += cell->check[j] * at[j].weight[k];
        }
        cell->truncation += fabs(error);
        cell->remainder += fabs(rest);
    }
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
    place_check(cell, count);
    if (kernel->degree < 0)
        place_errors(cell, kernel, count, low - kernel->knot, u);
}
