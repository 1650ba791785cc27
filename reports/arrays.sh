# shellcheck shell=sh
# Arrays for the gallery's pages, without any library: .npy files made of numbers, and
# numbers read out of them.  To be sourced.

# Writes numbers (white space between) as an .npy: npy f8|f4|u1 'SHAPE' <NUMBERS >FILE.  SHAPE
# is as Python writes a tuple without its brackets, '2, 3' or '5,'.  Floats are exact where
# the type has enough digits, else cut off.
npy()
{
    awk -v type="$1" -v shape="$2" '
        function byte(b) { line = line sprintf("\\%03o", b); if (++width == 500) flush() }
        function flush() { print line; line = ""; width = 0 }
        function little(value, bytes,  i) {
            for (i = 0; i < bytes; i++) { byte(value % 256); value = int(value / 256) }
        }
        # Sign, exponent and fraction of an IEEE number of 8 or 4 bytes.
        function real(value, bytes,  sign, exponent, bias, digits, low) {
            bias = bytes == 8 ? 1023 : 127
            digits = bytes == 8 ? 20 : 23
            sign = value < 0
            if (sign) value = -value
            if (value == 0) { little(0, bytes); return }
            for (exponent = bias; value >= 2; exponent++) value /= 2
            for (; value < 1; exponent--) value *= 2
            value = (value - 1) * 2 ^ digits
            low = (value - int(value)) * 4294967296
            if (bytes == 8) little(int(low), 4)
            little((sign * (2 * bias + 2) + exponent) * 2 ^ digits + int(value), 4)
        }
        function text(words,  i) {
            for (i = 1; i <= length(words); i++)
                byte(index(ascii, substr(words, i, 1)) + 31)
        }
        BEGIN {
            for (i = 32; i < 127; i++) ascii = ascii sprintf("%c", i)
            order = type == "u1" ? "|" : "<"
            head = "{\"descr\": \"" order type "\", \"fortran_order\": False, \"shape\": (" shape "), }"
            gsub("\"", sprintf("%c", 39), head)
            while ((length(head) + 11) % 64 != 0) head = head " "
            byte(147); text("NUMPY"); byte(1); byte(0); little(length(head) + 1, 2)
            text(head); byte(10)
        }
        { for (i = 1; i <= NF; i++) if (type == "u1") byte($i); else real($i, type == "f8" ? 8 : 4) }
        END { flush() }' | while IFS= read -r bytes; do
        # shellcheck disable=SC2059
        printf "$bytes"
    done
}

# The numbers of an .npy of that type, one a line: numbers f8|f4|u1 FILE
numbers()
{
    head=$(od -A n -t u1 -j 8 -N 2 "$2" | awk '{ print $1 + 256 * $2 + 10 }')
    od -A n -v -t "$1" -j "$head" "$2" | awk '{ for (i = 1; i <= NF; i++) print $i }'
}

# So many numbers, equally far apart: steps COUNT FIRST STEP
steps()
{
    awk -v count="$1" -v at="$2" -v by="$3" \
        'BEGIN { for (i = 0; i < count; i++) printf "%.17g\n", at + i * by }'
}
