#!/bin/sh
# Real libraries are identified by their answers alone: each row names a module, the
# options of `warpcheck identify`, and lines of what it must say.
# PYTHON: one program or more that may have the modules; what none has is skipped, by
# name.  WARPCHECK: the program under test.
here=$(cd "$(dirname "$0")" && pwd)
adapter=$here/../../adapters/python
program=${WARPCHECK:-./warpcheck}
said=$(mktemp) || exit 99
trap 'rm -f "$said"' EXIT

# MODULE|SUBJECT AND OPTIONS|REGULAR EXPRESSION|REGULAR EXPRESSION|...
rows()
{
    cat <<'END'
cv2|py:cv2:warpAffine --convention opencv.warpAffine --library-version VERSION --border reflect_101|^map .*source to output|^coordinates +opencv4-affine|^border +reflect_101|opencv.warpAffine, interp bilinear, border reflect_101
cv2|py:cv2:remap --convention opencv.remap --library-version VERSION --interp lanczos4|^kernel +lanczos4|^coordinates +opencv4-remap|opencv.remap, interp lanczos4, border constant
scipy|py:scipy.ndimage:map_coordinates --convention scipy.map_coordinates --border wrap|^axis order +y, x|^kernel +spline3.*prefilter mirror|^border +scipy-wrap|scipy.map_coordinates, interp spline3, border wrap
scipy|py:scipy.ndimage:affine_transform --convention scipy.affine_transform --interp spline1|^map .*output to source|^border +fill-whole-sample, fill |^rounding +half-away
skimage|py:skimage.transform:warp --convention skimage.warp --interp spline3 --border symmetric|^kernel +cubic-0.5|^border +reflect:|skimage.warp, interp spline3, border symmetric
torch|py:torch.nn.functional:grid_sample --convention torch.grid_sample --align-corners=false|^pixel centre +edges|^kernel +bilinear|torch.grid_sample, interp bilinear, border zeros, align_corners false
torch|py:torch.nn.functional:grid_sample --convention torch.grid_sample --interp bicubic --border reflection --align-corners=true|^pixel centre +centres|^kernel +cubic-0.75|^border +reflect_101
kornia|py:kornia.geometry.transform:warp_affine --convention kornia.warp_affine --border fill|^map .*source to output|kornia.warp_affine, interp bilinear, border fill
jax|py:jax.scipy.ndimage:map_coordinates --convention jax.map_coordinates --border mirror|^axis order +y, x|^border +reflect_101|jax.map_coordinates, interp spline1, border mirror
END
}

# The first of PYTHON that has a module; nothing where none has.
python_with()
{
    for python in ${PYTHON:-python3}; do
        if "$python" -c "import numpy, $1" 2>/dev/null; then
            echo "$python"
            return
        fi
    done
}

# Does the program say every line?  Of a row what is left after its options.
says_all()
{
    rest=$1
    while test -n "$rest"; do
        line=${rest%%|*}
        grep -Eq -- "$line" "$said" || {
            echo "  nothing matches: $line"
            return 1
        }
        test "$rest" = "$line" && rest= || rest=${rest#*|}
    done
}

passed=0 failed=0 skipped=0
while IFS='|' read -r module options lines; do
    python=$(python_with "$module")
    if test -z "$python"; then
        skipped=$((skipped + 1))
        echo "SKIP $options (no $module)"
        continue
    fi
    version=$("$python" -c "import $module; print($module.__version__)")
    options=$(echo "$options" | sed "s/VERSION/$version/")
    # shellcheck disable=SC2086 # options are words
    if WARPCHECK_PYTHON=$python PYTHONPATH=$adapter "$program" identify $options \
        >"$said" 2>&1 </dev/null && says_all "$lines"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $options"
        sed 's/^/  /' "$said" | head -n 12
    fi
done <<END
$(rows)
END
echo "identify: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 || exit 1
test $passed -gt 0 || exit 77
