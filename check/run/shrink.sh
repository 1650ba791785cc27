#!/bin/sh
# What verify --shrink leaves behind, as a stranger would use it: every deviation's
# recording, C test and pytest file fail; a right plugin passes each C test; a wrong
# plugin and a wrong Python function fail by theirs until they are mended.
# The environment says WARPCHECK, the program, srcdir, and PYTHON where it is another.
# Exit 1 where one failed, 77 where there is no C compiler.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
WARPCHECK=${WARPCHECK:-./warpcheck}
case $WARPCHECK in
/*) ;;
*) WARPCHECK=$(pwd)/$WARPCHECK ;;
esac
export WARPCHECK
cc=
for compiler in ${CC:+"${CC##* }"} cc gcc clang; do
    command -v "$compiler" >/dev/null && cc=$compiler && break
done
test -n "$cc" || { echo 'SKIP shrink: there is no C compiler'; exit 77; }
python=
for one in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    "$one" -c 'import numpy, pytest' 2>/dev/null && python=$one && break
done
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# Runs a command that must end with a code.
expect() # CODE NAME COMMAND...
{
    wanted=$1 what=$2
    shift 2
    "$@" >"$work/said" 2>&1
    code=$?
    if test $code -eq "$wanted"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: exit code $code instead of $wanted: $*"
        tail -n 15 "$work/said"
    fi
}

compile() # OUTPUT ARGUMENT...
{
    output=$1
    shift
    "$cc" -std=c11 -O1 -Wall -Wextra -Werror -I"$top/include" -o "$output" "$@" -lm
}

# One file of the folder by its ending.
only() # FOLDER PATTERN
{
    set -- "$1"/$2
    test $# -eq 1 && echo "$1"
}

pytest() # FILE...
{
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$top/adapters/python" "$python" -m pytest -q \
        -p no:cacheprovider --import-mode=importlib "$@"
}

plugin=$top/examples/plugin/bilinear.c
count=0
# Every EVERY-th deviation (default: 6) that shows in small images: name, kernel, side.
"$WARPCHECK" list deviations --json |
    sed -n 's/.*"name": "\([^"]*\)".*"kernel": "\([^"]*\)", "side": \([0-9]*\).*/\1 \2 \3/p' |
    awk -v every="${EVERY:-6}" '$3 <= 16 && NR % every == 0' >"$work/rows"
while read -r name kernel side; do
    folder=$work/$name
    count=$((count + 1))
    expect 1 "$name" "$WARPCHECK" verify "deviation:$name" --kernel "$kernel" --layout NHWC \
        --dtype float64 --shrink "$folder" --quiet
    expect 1 "$name: recording" "$WARPCHECK" verify "recording:$(only "$folder" '*.npz')"
    expect 0 "$name: C compiles" compile "$work/alone" "$(only "$folder" '*.c')"
    expect 1 "$name: C fails" "$work/alone"
    expect 0 "$name: C compiles with a plugin" compile "$work/asks" -DPLUGIN \
        "$(only "$folder" '*.c')" "$plugin"
    # The plugin is right; what it has not, other kernels and borders, it refuses.
    "$work/asks" >"$work/said" 2>&1
    case $? in
    0) expect 0 "$name: the right plugin" true ;;
    77)
        skipped=$((skipped + 1))
        echo "SKIP $name: the right plugin: $(tail -n 1 "$work/said")"
        ;;
    *) expect 0 "$name: the right plugin" false ;;
    esac
done <"$work/rows"
if test $count -lt 12; then
    echo "FAIL shrink: only $count deviations are listed"
    failed=$((failed + 1))
fi

# A plugin that is wrong: it truncates.
mkdir "$work/plugin"
sed 's/double x0 = floor(sx)/double x0 = trunc(sx)/' "$plugin" >"$work/plugin/wrong.c"
expect 0 'a wrong plugin compiles' compile "$work/plugin/wrong.so" -shared -fPIC \
    "$work/plugin/wrong.c"
expect 1 'a wrong plugin' "$WARPCHECK" verify "plugin:$work/plugin/wrong.so" \
    --kernel bilinear --layout HWC --dtype float32 --shrink "$work/plugin/out" --quiet
expect 0 'its C test compiles' compile "$work/asks" -DPLUGIN \
    "$(only "$work/plugin/out" '*.c')" "$work/plugin/wrong.c"
expect 1 'its C test fails' "$work/asks"
expect 0 'its C test compiles, mended' compile "$work/asks" -DPLUGIN \
    "$(only "$work/plugin/out" '*.c')" "$plugin"
expect 0 'its C test passes, mended' "$work/asks"

if test -n "$python"; then
    pytest "$work"/*/test_*.py >"$work/pytest" 2>&1
    if grep -q "^$count failed" "$work/pytest"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL pytest: not all of $count failed"
        tail -n 15 "$work/pytest"
    fi
    # A function that is wrong: its gradient assigns in place of adding.
    mkdir "$work/python"
    cd "$work/python" || exit 99
    sed 's/numpy.add.at(gradient, (row, column), \(.*\))$/gradient[row, column] = \1/' \
        "$top/examples/numpy/shear.py" >shear.py
    # A subject py: is run by the python3 of the PATH.
    PATH=$(dirname "$(command -v "$python")"):$PATH
    PYTHONPATH=$top/adapters/python
    export PATH PYTHONPATH
    expect 1 'a wrong function' "$WARPCHECK" verify py:shear.py:sample --dtype float64 --shrink out --quiet
    expect 1 'its pytest file fails' pytest "$(only out 'test_*.py')"
    cp "$top/examples/numpy/shear.py" .
    expect 0 'its pytest file passes, mended' pytest "$(only out 'test_*.py')"
else
    echo 'SKIP shrink: no python3 has NumPy and pytest'
    skipped=1
fi

echo "shrink: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
