#!/bin/sh
# No false alarm: right warps that are written otherwise (forms.c) are put random
# problems, and no verdict may fail them.  Usage: run.sh; the environment says
#   WARPCHECK, FORMS  the program, and the plugin
#   SEED     of everything random (default: 1)
#   COUNT    verifications, of some 50 problems each (default: 3)
# Exit 1 where one failed, with the command that shows it.
WARPCHECK=${WARPCHECK:-./warpcheck}
FORMS=${FORMS:-./check/forms/forms.so}
case $FORMS in */*) ;; *) FORMS=./$FORMS ;; esac
seed=${SEED:-1}
count=${COUNT:-3}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# FORM|KERNEL|MATRIX|SIZE|OUTPUT: turns, stretches and shears by numbers that round, whole
# shifts, quarter turns, and eighths, of sizes down to one pixel.
awk -v seed="$seed" -v count="$count" '
function between(low, high) { return low + (high - low) * rand() }
function whole(low, high) { return int(between(low, high + 1)) }
BEGIN {
    forms = split("taps backwards rows fused lerp threads grid", form, " ")
    kernels = split("bilinear nearest cubic-0.75 bilinear cubic-0.5 cubic-1", kernel, " ")
    srand(seed)
    for (i = 0; i < count; i++) {
        angle = between(-3.2, 3.2); x = exp(between(-1.2, 1.2)); y = x * exp(between(-0.4, 0.4))
        a = x * cos(angle); b = -x * sin(angle); c = between(-20, 20)
        d = y * sin(angle); e = y * cos(angle); f = between(-20, 20)
        kind = rand()
        if (kind < 0.25) { a = e = 1; b = d = 0; c = whole(-9, 9); f = whole(-9, 9) }
        else if (kind < 0.35) { a = e = 0; b = 1; d = -1; c = whole(-3, 9); f = whole(-3, 9) }
        else if (kind < 0.6) {
            a = int(8 * a + 8) / 8; b = int(8 * b) / 8; c = int(8 * c) / 8
            d = int(8 * d) / 8; e = int(8 * e + 8) / 8; f = int(8 * f) / 8
        }
        if (a * e - b * d < 0.01 && a * e - b * d > -0.01) { a += 1; e += 1 }
        printf "%s|%s|%.17g %.17g %.17g; %.17g %.17g %.17g|%dx%d|%dx%d\n", form[i % forms + 1],
            kernel[int(kernels * rand()) + 1], a, b, c, d, e, f,
            whole(1, 40), whole(1, 40), whole(1, 30), whole(1, 30)
    }
}' >"$work/calls"
# What was failed once: whole coordinates, by a matrix whose inverse rounds.
cat >>"$work/calls" <<END
backwards|bilinear|0.375 -0 8.75; 0 0.375 -15.375|17x13|25x21
backwards|cubic-0.5|0.375 -0 8.75; 0 0.375 -15.375|17x13|25x21
END

problems=0
unjudged=0
failed=0

# Puts the problems of the options to the form.
judge() {
    WARPCHECK_FORM=$form "$WARPCHECK" verify "plugin:$FORMS" "$@" --seed "$seed" >"$work/said" 2>&1 </dev/null
    code=$?
    put=$(sed -n '1s/.*(\([0-9]*\) problem.*/\1/p' "$work/said")
    problems=$((problems + ${put:-0}))
    case $code in
    0) ;;
    5) unjudged=$((unjudged + 1)) ;;
    *)
        failed=$((failed + 1))
        echo "FAIL exit code $code: WARPCHECK_FORM=$form warpcheck verify plugin:$FORMS --seed $seed," \
            "with the options $*"
        head -n 20 "$work/said"
        ;;
    esac
}

while IFS='|' read -r form kernel matrix size output; do
    judge --kernel "$kernel" --matrix "$matrix" --size "$size" --output "$output"
done <"$work/calls"
# Coordinates that fit no integer, in single precision too; only where they are asked for.
for form in taps backwards rows fused lerp threads grid; do
    judge --checker special --level 2
done
# Matrices whose coordinates are exact, but not by way of a grid.
form=grid
for kernel in bilinear nearest cubic-0.75; do
    judge --kernel "$kernel" --level 2
    grep -q '^[1-9][0-9]* judged with coordinates that may round' "$work/said" || {
        failed=$((failed + 1))
        echo "FAIL $kernel: the report does not say that coordinates were let round"
    }
done
judge --kernel bilinear --level 2 --inverse-map --matrix '1 0 -2.5; 0 1 3'
echo "forms: $(($(wc -l <"$work/calls") + 11)) verifications, $problems problems, $failed failed, $unjudged could not be judged"
test "$problems" -gt 0 || exit 99
test $failed -eq 0
