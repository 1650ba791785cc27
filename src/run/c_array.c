#include "src/run/c_array.h"

#include <math.h>
#include <stdint.h>

/* What C calls the types, and the plugin ABI their kinds; others are written as
 * numbers, and no plugin can be asked in them. */
static const struct {
    enum wck_dtype dtype;
    const char *type, *kind;
} types[] = {
    {WCK_FLOAT64, "double", "WARPCHECK_FLOAT"},
    {WCK_FLOAT32, "float", "WARPCHECK_FLOAT"},
    {WCK_UINT8, "uint8_t", "WARPCHECK_UINT"},
    {WCK_INT8, "int8_t", "WARPCHECK_INT"},
    {WCK_UINT16, "uint16_t", "WARPCHECK_UINT"},
    {WCK_INT16, "int16_t", "WARPCHECK_INT"},
    {WCK_UINT32, "uint32_t", "WARPCHECK_UINT"},
    {WCK_INT32, "int32_t", "WARPCHECK_INT"},
};

/* The row of a type; -1 where it has none. */
static int type_of(enum wck_dtype dtype)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].dtype == dtype)
            return (int)i;
    }
    return -1;
}

bool wck_c_has_type(enum wck_dtype dtype)
{
    return type_of(dtype) >= 0;
}

/* ---- numbers ---- */

static void append_number(struct wck_text *text, double value, enum wck_dtype dtype)
{
    if (isnan(value))
        wck_text_printf(text, "NAN");
    else if (isinf(value))
        wck_text_printf(text, value < 0.0 ? "-INFINITY" : "INFINITY");
    else if (wck_dtype_row(dtype)->roundoff > 0.0)
        wck_text_printf(text, dtype == WCK_FLOAT32 ? "%af" : "%a", value);
    else
        wck_text_printf(text, "%.0f", value);
}

/* Between two numbers: lines of four. */
static void append_gap(struct wck_text *text, size_t i)
{
    wck_text_printf(text, i == 0 ? "" : i % 4 == 0 ? ",\n    " : ", ");
}

void wck_c_array(struct wck_text *text, const char *name,
                 const struct wck_tensor *tensor)
{
    int type = type_of(tensor->dtype);

    wck_text_printf(text, "static %s %s[] = {\n    ",
                    type < 0 ? "double" : types[type].type, name);
    for (size_t i = 0; i < wck_tensor_count(tensor); i++) {
        append_gap(text, i);
        append_number(text, wck_tensor_get(tensor, (ptrdiff_t)i),
                      type < 0 ? WCK_FLOAT64 : tensor->dtype);
    }
    wck_text_printf(text, "};\n");
}

void wck_c_ends(struct wck_text *text, const char *name, const char *end,
                const double *numbers, size_t count)
{
    wck_text_printf(text, "static const double %s_%s[] = {\n    ", name, end);
    for (size_t i = 0; i < count; i++) {
        append_gap(text, i);
        append_number(text, numbers[i], WCK_FLOAT64);
    }
    wck_text_printf(text, "};\n");
}

/* ---- the plugin's tensors ---- */

static void append_sizes(struct wck_text *text, const char *name, const char *what,
                         const int64_t *sizes, int rank)
{
    wck_text_printf(text, "static const int64_t %s_%s[] = {", name, what);
    for (int i = 0; i < rank; i++)
        wck_text_printf(text, "%s%lld", i > 0 ? ", " : "", (long long)sizes[i]);
    wck_text_printf(text, "%s};\n", rank == 0 ? "0" : "");
}

void wck_c_view(struct wck_text *text, const char *name,
                const struct wck_tensor *tensor)
{
    int64_t shape[WCK_TENSOR_RANK], stride[WCK_TENSOR_RANK], step = 1;

    for (int i = tensor->rank - 1; i >= 0; i--) {
        shape[i] = (int64_t)tensor->shape[i];
        stride[i] = step;
        step *= shape[i];
    }
    append_sizes(text, name, "shape", shape, tensor->rank);
    append_sizes(text, name, "strides", stride, tensor->rank);
    wck_text_printf(
        text, "static const struct warpcheck_tensor %s_tensor = TENSOR(%s, %s, %d);\n",
        name, name, types[type_of(tensor->dtype)].kind, tensor->rank);
}

void wck_c_string(struct wck_text *text, const char *string)
{
    wck_text_append(text, "\"", 1);
    for (; *string != '\0'; string++) {
        unsigned char byte = (unsigned char)*string;

        if (byte == '"' || byte == '\\')
            wck_text_printf(text, "\\%c", byte);
        else if (byte < 32 || byte > 126)
            wck_text_printf(text, "\\%03o", byte);
        else
            wck_text_append(text, string, 1);
    }
    wck_text_append(text, "\"", 1);
}
