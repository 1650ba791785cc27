#!/bin/sh
# Every report is taken by its consumer's own tool, whichever way the program ends: JUnit's
# XML and SVG by xmllint, TAP by prove, our JSON and SARIF by a JSON Schema, lcov's tracefile by
# genhtml, PNG by pngcheck; and an altered one is refused.  Each run is made twice, and gives the same
# bytes.  SARIF_SCHEMA may name the standard's own schema, which is then asked as well.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
here=$top/check/report
program=${WARPCHECK:-./warpcheck}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
worker=${WORKER:-check/subject/worker}
case $worker in /*) ;; *) worker=$(pwd)/$worker ;; esac
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
# The leak sanitizer traces the process that ends, which the sandbox refuses.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export LC_ALL ASAN_OPTIONS
passed=0 failed=0 skipped=0

python=
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
    if "$candidate" -c 'import jsonschema' 2>/dev/null; then
        python=$candidate
        break
    fi
done

missing() # TOOL...: the first that is not there
{
    for tool; do
        test "$tool" != schema || test -n "$python" || { echo "python3 with jsonschema"; return; }
        test "$tool" = schema || command -v "$tool" >/dev/null || { echo "$tool"; return; }
    done
}

# Says whether the tools took the file as they should: judge WHAT TOOLS COMMAND...
judge()
{
    judged=$1 tools=$2
    shift 2
    # shellcheck disable=SC2086
    absent=$(missing $tools)
    if test -n "$absent"; then
        skipped=$((skipped + 1))
        echo "$absent" >>"$work/absent"
    elif "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $judged"
        sed 's/^/  /' "$work/said"
    fi
}

takes_junit() # FILE
{
    xmllint --noout --schema "$here/junit.xsd" "$1"
}

takes_svg() # FILE
{
    xmllint --noout --relaxng "$here/svg.rng" "$1"
}

# Perl's older readers know of no version beyond 13, and read 14 all the same.  FILE
# RESULT: all that is planned is there, and the result is what the exit status said.
takes_tap()
{
    sed '1s/^TAP version 14$/TAP version 13/' "$1" >"$work/tap"
    prove --exec cat "$work/tap" >"$work/prove" 2>&1
    cat "$work/prove"
    ! grep -q 'Parse errors' "$work/prove" && grep -q "^Result: $2\$" "$work/prove"
}

takes_tap_of_a_failure() # FILE
{
    takes_tap "$1" FAIL
}

takes_json() # SCHEMA FILE
{
    "$python" "$here/schema.py" "$1" "$2"
}

# FILE SHARE: the share of the rows that its page says.
takes_lcov()
{
    rm -rf "$work/page"
    genhtml --quiet --ignore-errors source --output-directory "$work/page" "$1" &&
        grep -q "$2" "$work/page/index.html"
}

# Nothing to complain of, not even to warn about, in any.
takes_png() # FILE...
{
    pngcheck -q "$@"
}

takes_lcov_of_the_story() # FILE
{
    takes_lcov "$1" '68.8'
}

refuses()
{
    ! "$@"
}

# Runs the program twice, each time in an empty folder: make STATUS WORD...
make_twice()
{
    expected=$1
    shift
    for folder in one two; do
        rm -rf "${work:?}/$folder"
        mkdir "$work/$folder"
        (cd "$work/$folder" && SOURCE_DATE_EPOCH=${#folder} "$program" "$@") \
            >"$work/out" 2>"$work/err"
        status=$?
        if test $status -ne "$expected" || test -s "$work/out"; then
            cat "$work/out" "$work/err"
            echo "exit code $status instead of $expected"
            return 1
        fi
    done
    diff -r "$work/one" "$work/two"
}

verify() # STATUS WORD...
{
    what="verify, exit code $1: $2"
    result=PASS
    case $1 in 1 | 3) result=FAIL ;; esac
    judge "$what" "" make_twice "$1" verify --quiet --json r.json --junit r.xml --tap r.tap \
        --sarif r.sarif --markdown r.md "$2" $3
    judge "$what, JSON" schema takes_json "$top/doc/schema/verify.json" "$work/one/r.json"
    judge "$what, JUnit" xmllint takes_junit "$work/one/r.xml"
    judge "$what, TAP" prove takes_tap "$work/one/r.tap" $result
    judge "$what, SARIF" schema takes_json "$here/sarif.json" "$work/one/r.sarif"
    test -z "${SARIF_SCHEMA:-}" ||
        judge "$what, SARIF's own" schema takes_json "$SARIF_SCHEMA" "$work/one/r.sarif"
}

coverage() # STATUS SHARE WORD...
{
    what="coverage, exit code $1" share=$2
    expected=$1
    shift 2
    judge "$what" "" make_twice "$expected" coverage --quiet --json r.json --lcov r.info --junit r.xml \
        --markdown r.md --csv r.csv --npy r.npy --svg r.svg --png r.png "$@"
    judge "$what, JSON" schema takes_json "$top/doc/schema/coverage.json" "$work/one/r.json"
    judge "$what, JUnit" xmllint takes_junit "$work/one/r.xml"
    judge "$what, SVG" xmllint takes_svg "$work/one/r.svg"
    judge "$what, lcov" genhtml takes_lcov "$work/one/r.info" "$share"
    judge "$what, PNG" pngcheck takes_png "$work/one/r.png"
}

# Where there is nothing to report no file is left behind.
nothing() # STATUS WORD...
{
    judge "no report, exit code $1: $*" "" make_twice "$@" --quiet --json r.json
    judge "no report is left: $*" "" test ! -e "$work/one/r.json"
}

# SED TOOLS COMMAND... FILE: the command refuses the file, altered.
altered()
{
    script=$1 tools=$2
    shift 2
    judge "altered by $script" "$tools" altered_is_refused "$script" "$@"
}

altered_is_refused()
{
    script=$1
    shift
    for file; do :; done
    sed "$script" "$file" >"$work/altered"
    ! cmp -s "$file" "$work/altered" || return 1
    mv "$work/altered" "$file"
    refuses "$@"
}

small='--kernel bilinear --size 7x11 --channels 2 --dtype float64'
coarse='--border replicate --checker jacobian --resolution 1e-300'
hostile=$(printf 'a"b'\''<c>&amp;|`d`]]>\n\t\r\001\033[2J\177\377\355\240\200\357\277\276{#}*_~$@x --> %%s')
exact=$top/check/recordings/small/kornia_warp_affine_float64.npz
cp "$exact" "$work/$hostile.npz"

verify 0 builtin:reference "$small --border constant"
verify 0 "recording:$work/$hostile.npz"
verify 3 "worker:$worker crash 2 forward" "$small --border constant"
verify 3 "worker:sh -c 'exit 3' '$(printf '%s' "$hostile" | tr -d "'")'" "$small"
verify 5 builtin:reference "$small $coarse"
verify 1 builtin:reference "$small $coarse --fail-on inconclusive"
verify 1 deviation:truncated-base "$small --border constant"
altered 's/ tests="[0-9]*"/ tests="some"/' xmllint takes_junit "$work/one/r.xml"
altered "s/^ok 2 /ok 3 /" prove takes_tap_of_a_failure "$work/one/r.tap"
altered 's/"verdict": "pass"/"verdict": "passed"/' schema takes_json \
    "$top/doc/schema/verify.json" "$work/one/r.json"
altered 's/"level": "error"/"level": "grave"/' schema takes_json "$here/sarif.json" \
    "$work/one/r.sarif"
# All of it known: the exit code is 0, and no reader sees a failure.
"$program" verify deviation:truncated-base $small --border constant --quiet --write-baseline "$work/known" \
    >/dev/null 2>&1
sed -i 's/TODO: say why/a & # that <waits>/' "$work/known"
verify 0 deviation:truncated-base "$small --border constant --fail-on stale --baseline $work/known"
judge "known failures are skipped, JUnit" "" grep -q '<skipped message="known until ' "$work/one/r.xml"
judge "known failures are to do, TAP" prove takes_tap "$work/one/r.tap" PASS
judge "known failures are suppressed, SARIF" "" grep -q '"kind": "external"' "$work/one/r.sarif"
nothing 2 verify builtin:reference --no-such-option
nothing 4 verify recording:no-such-file.npz
nothing 2 coverage --image 64x64
nothing 4 coverage --image no-such-file.png --matrix '1 0 10; 0 1 20'

coverage 0 '68.8' --image 64x64x3 --matrix '1 0 10; 0 1 20' --output 64x64 --border replicate \
    --what-if --what-if-maps maps
judge "maps of what-if, PNG" pngcheck takes_png "$work"/one/maps/*.png
altered 's/IEND/IENT/' pngcheck takes_png "$work/one/r.png"
altered 's/"total"/"all"/' schema takes_json "$top/doc/schema/coverage.json" \
    "$work/one/r.json"
altered 's/<path fill="#[0-9a-f]*" d="M/&M/' xmllint takes_svg "$work/one/r.svg"
altered 's/^DA:.*/DA:none/' genhtml takes_lcov_of_the_story "$work/one/r.info"
fixtures=$top/check/cli/fixtures
coverage 1 '%' --gradient "$fixtures/lost.npy" --upstream "$fixtures/upstream.npy" \
    --matrix '0.8 -0.3 1.25; 0.35 0.9 -0.75'

judge "an image of warp" "" make_twice 0 warp --image "$fixtures/picture.png" --matrix '0.8 -0.3 1; 0.3 0.9 -1' \
    --convention opencv.warpAffine --library-version 4.10.0 --output 9x7 --quiet --out r.png
judge "an image of warp, PNG" pngcheck takes_png "$work/one/r.png"

if test $skipped -gt 0; then
    sort "$work/absent" | uniq -c | while read -r count tool; do
        echo "SKIP $count checks of reports: there is no $tool"
    done
fi
echo "consumers: $passed passed, $failed failed, $skipped skipped"
test $failed -eq 0 && test $passed -gt 0
