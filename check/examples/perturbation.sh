#!/bin/sh
# The perturbation of examples/perturbation: bilinear samples leave three pixels of four
# without a gradient, and the loss through warps that the descent did not see stays where
# the others leave it; the remedy that the report names reaches every pixel, and that loss
# falls further.  In C, and in Python where torch is.
# The environment says WARPCHECK, the program, PERTURBATION, the example, and srcdir.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
WARPCHECK=${WARPCHECK:-./warpcheck}
example=${PERTURBATION:-./examples/perturbation/perturbation}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

claim() # WHAT FILE AWK-EXPRESSION over cells: cell["area", 3] is its row's third
{
    if awk '$2 ~ /^[0-9]+$/ && NF == 7 { for (i = 2; i <= NF; i++) cell[$1, i] = $i }
        END { exit !('"$3"') }' "$2"; then
        return
    fi
    echo "FAIL $1"
    grep -E '^[a-z0-9.-]+ +[0-9]+( +[0-9.]+){5}$' "$2"
    failed=$((failed + 1))
}

# Columns: 2 pixels, 3 own loss before, 4 after, 5 unseen before, 6 halfway, 7 after.
judge() # LANGUAGE FILE
{
    claim "$1: three pixels of four get no gradient through bilinear, and all through area" "$2" \
        'cell["bilinear", 2] == 1024 && cell["area", 2] == 4096'
    claim "$1: both descents succeed by their own loss" "$2" \
        'cell["bilinear", 4] < cell["bilinear", 3] / 100 && cell["area", 4] < cell["area", 3] / 100'
    claim "$1: bilinear's unseen loss has stalled halfway, above half of what it was" "$2" \
        'cell["bilinear", 6] - cell["bilinear", 7] < cell["bilinear", 7] / 100 &&
            cell["bilinear", 7] > cell["bilinear", 5] / 2'
    claim "$1: area's falls to less than a tenth of bilinear's, from the same start" "$2" \
        'cell["area", 5] == cell["bilinear", 5] && cell["area", 7] < cell["bilinear", 7] / 10'
    grep -q '^skipped  *3072 ' "$2" && grep -q '^ *-> an area kernel' "$2" &&
        grep -Eq '^kernel area +4096 ' "$2" && return
    echo "FAIL $1: the report does not say what is skipped, and what helps"
    failed=$((failed + 1))
}

"$example" >"$work/c" || { echo "FAIL C: exit code $?"; exit 1; }
judge C "$work/c"
claim 'C: kernels that reach every pixel with weights of both signs are no remedy' "$work/c" \
    'cell["lanczos4", 2] == 4096 && cell["lanczos4", 7] > cell["bilinear", 7]'

python=${PYTHON:-python3}
if "$python" -c 'import torch, numpy' 2>/dev/null; then
    WARPCHECK=$WARPCHECK "$python" "$top/examples/perturbation/perturbation.py" >"$work/python" ||
        { echo "FAIL Python: exit code $?"; exit 1; }
    judge Python "$work/python"
else
    echo "SKIP perturbation.py: $python has no torch"
fi
echo "perturbation: $failed failed"
test $failed -eq 0
