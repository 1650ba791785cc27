#!/bin/sh
# The examples in other languages, as strangers to the project would build them: each is
# compiled by its own command and verified.  What there is no compiler or device for is a
# skip, and named.  The environment says WARPCHECK, the program, and srcdir.
# Exit 1 where one failed, 77 where none could be built.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
WARPCHECK=${WARPCHECK:-./warpcheck}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

skip() # WHAT WHY
{
    echo "SKIP examples: $1: $2"
    skipped=$((skipped + 1))
}

# Runs a command that must end with a code.
expect() # CODE NAME COMMAND...
{
    wanted=$1 name=$2
    shift 2
    "$@" >"$work/said" 2>&1
    code=$?
    if test $code -eq "$wanted"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: exit code $code instead of $wanted: $*"
        tail -n 15 "$work/said"
    fi
}

# A worker conforms to the protocol, and its warp is right by shared memory and by pipe.
worker() # NAME PROGRAM KERNEL
{
    expect 0 "$1 conforms" "$WARPCHECK" conform "$2"
    for transport in shared pipe; do
        expect 0 "$1 by $transport" "$WARPCHECK" verify "worker:$2" --kernel "$3" \
            --layout HWC --transport $transport
    done
}

if command -v c++ >/dev/null; then
    expect 0 'C++ compiles' c++ -std=c++17 -O2 -Wall -Wextra -Werror -o "$work/cpp" "$top/examples/cpp/warp_worker.cpp"
    worker C++ "$work/cpp" bilinear
else
    skip C++ 'there is no c++'
fi

if command -v rustc >/dev/null; then
    expect 0 'Rust compiles' rustc --edition 2021 -O -D warnings -o "$work/rust" "$top/examples/rust/warp_worker.rs"
    worker Rust "$work/rust" nearest
else
    skip Rust 'there is no rustc'
fi

# An OpenCL platform is there where a small call is answered.
if cc -O2 -shared -fPIC -I"$top/include" -o "$work/opencl.so" "$top/examples/opencl/warp.c" -lOpenCL \
    -lm >/dev/null 2>&1; then
    "$WARPCHECK" verify "plugin:$work/opencl.so" --dtype float32 --layout HWC >"$work/first" 2>&1
    if grep -q 'there is no OpenCL platform' "$work/first"; then
        skip OpenCL 'there is no platform: it is compiled, and not run'
    else
        expect 0 'OpenCL is right' "$WARPCHECK" verify "plugin:$work/opencl.so" --dtype float32 --layout HWC
    fi
else
    skip OpenCL 'there is no header, or no library'
fi

if pkg-config --exists vips 2>/dev/null; then
    # shellcheck disable=SC2046
    expect 0 'libvips compiles' cc -O2 -shared -fPIC -I"$top/include" $(pkg-config --cflags vips) \
        -o "$work/vips.so" "$top/examples/vips/warp.c" $(pkg-config --libs vips)
    expect 0 'libvips is bilinear' "$WARPCHECK" verify "plugin:$work/vips.so" --kernel bilinear
else
    skip libvips 'it is not installed'
fi

if pkg-config --exists lept 2>/dev/null; then
    # shellcheck disable=SC2046
    expect 0 'Leptonica compiles' cc -O2 -shared -fPIC -I"$top/include" $(pkg-config --cflags lept) \
        -o "$work/lept.so" "$top/examples/leptonica/warp.c" $(pkg-config --libs lept)
    expect 0 'Leptonica is what its convention says' "$WARPCHECK" verify "plugin:$work/lept.so" \
        --convention leptonica.pixAffine --dtype uint8
    expect 5 'Leptonica has no floats' "$WARPCHECK" verify "plugin:$work/lept.so" \
        --convention leptonica.pixAffine --dtype float32
else
    skip Leptonica 'it is not installed'
fi

if command -v nvcc >/dev/null; then
    expect 0 'CUDA compiles' nvcc -O2 -shared -Xcompiler -fPIC -I"$top/include" -o "$work/cuda.so" \
        "$top/examples/cuda/warp.cu"
    if command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; then
        expect 0 'CUDA is right' "$WARPCHECK" verify "plugin:$work/cuda.so" --dtype float32 --layout HWC
    else
        skip CUDA 'there is no GPU: it is compiled, and not run'
    fi
else
    skip CUDA 'there is no nvcc'
fi

echo "examples: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 || exit 1
test $passed -gt 0 || exit 77
