#!/bin/sh
# Writes the detection table, doc/detection.md, to standard output: every deviation by
# every checker, at level 3.  The environment says DETECT and WARPCHECK, the programs,
# and LEVEL; JOBS run side by side (default: the processors).
DETECT=${DETECT:-check/detection/detect}
WARPCHECK=${WARPCHECK:-./warpcheck}
level=${LEVEL:-3}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL DETECT work level
"$WARPCHECK" list deviations | awk '{ print $1 }' >"$work/names"
xargs -P"${JOBS:-$(nproc)}" -n1 sh -c '
    if "$DETECT" "$1" "$level" >"$work/$1.row"; then :; else echo "$1" >>"$work/missed"; fi
' sh <"$work/names"
while read -r name; do
    cat "$work/$name.row"
done <"$work/names" >"$work/rows"
count=$(wc -l <"$work/names")
detected=$((count - $(cat "$work/missed" 2>/dev/null | wc -l)))
exactly=$(grep -c ' exactly |$' "$work/rows")
same=$(grep -c ' as [a-z0-9 -]* |$' "$work/rows")
head=$("$DETECT" - "$level")
cat <<END
# The detection table

What \`warpcheck verify deviation:NAME --level $level\` says of each way to be wrong that is planted (\`warpcheck list deviations\`), with no
other option: by each checker C where *conforms* fails, S where *self-consistent* does, - where neither; and whether the diagnosis names the
deviation. \`make detection\` wrote this page; the suite \`deviation\` shows that no two rows are the same warp, each pair by an input on which they
differ, and the suite \`verdicts\` holds that each fails and is named.

**$count deviations: $detected detected, $exactly named exactly, $same named as another that does the same on what was tried, $((count - exactly - same)) not named.**

END
echo "| deviation | changes |$head named |"
echo "|---|---|$(echo "$head" | sed 's/[^|]*|/---|/g')---|"
cat "$work/rows"
test "$detected" -eq "$count"
