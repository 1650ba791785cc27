#!/bin/sh
# Every include of our own headers follows check/structure/layers.txt; GSL stays out of
# headers and of the rooms below the checkers; only the program exits or prints errors; the
# installed headers stand by themselves.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
table=$top/check/structure/layers.txt
bad=0 seen=0

complain()
{
    echo "layering: $*"
    bad=$((bad + 1))
}

allowed() # FOLDER HEADER
{
    awk -v folder="$1:" -v header="$2" '
        $1 == folder {
            found = 1
            for (i = 2; i <= NF; i++)
                if (header == $i || index(header, $i "/") == 1) ok = 1
            if (index(header, substr(folder, 1, length(folder) - 1) "/") == 1) ok = 1
        }
        END { exit !(found && ok) }' "$table"
}

cd "$top" || exit 99
for file in reference/*.[ch] src/*/*.[ch]; do
    folder=$(dirname "$file")
    for header in $(sed -n 's/^#include "\(.*\)".*/\1/p' "$file"); do
        seen=$((seen + 1))
        test "$header" = config.h && continue
        test -f "$header" || test -f "$(dirname "$header")" ||
            grep -q "$(basename "$header")" "$(dirname "$header")/local.mk" 2>/dev/null ||
            complain "$file includes $header, which is not there"
        allowed "$folder" "$header" || complain "$file must not include $header"
    done
    case $file in
    src/checker/*.c | src/run/*.c | src/cli/*.c) ;;
    *) grep -n '#include <gsl/' "$file" && complain "$file must not use GSL" ;;
    esac
    case $file in
    src/cli/*) ;;
    *)
        grep -nE '(^|[^_[:alnum:]])(exit|abort|perror|printf|puts)\(|stderr|stdout' "$file" &&
            complain "$file prints or exits: only the program may"
        ;;
    esac
done
for folder in reference src/*/; do
    grep -q "^${folder%/}:" "$table" || complain "${folder%/} has no row in $table"
done
for header in $(sed -n 's/^#include *[<"]\(.*\)[>"].*/\1/p' include/warpcheck/*.h); do
    seen=$((seen + 1))
    case $header in
    stddef.h | stdint.h) ;;
    *) complain "a header of include/warpcheck needs $header, and must need nothing" ;;
    esac
done
echo "layering: $seen includes read, $bad complaints"
test $seen -gt 0 && test $bad -eq 0
