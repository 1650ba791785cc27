#!/bin/sh
# Every section of reference/NOTES that code cites is there, once.  Cited: NOTES:name, as
# in the .source of a row, and NOTES, "name".  A section is a line of names, separated by
# ", ", underlined by dashes.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top" || exit 99
sections=$(awk '/^-+$/ { print before } { before = $0 }' reference/NOTES |
    awk -F', ' '{ for (i = 1; i <= NF; i++) print $i }' | sort)
# A citation may be broken into two lines of a comment.
cited=$(find reference src check -name '*.[ch]' -exec cat {} + |
    tr '\n' ' ' | sed 's/ [*] */ /g' |
    grep -oE 'NOTES:[-_[:alnum:]]+|NOTES, *"[-_[:alnum:]]+"' |
    sed 's/^NOTES:\(.*\)$/\1/; s/^NOTES, *"\(.*\)"$/\1/' | sort -u)
bad=0 seen=0
for name in $cited; do
    seen=$((seen + 1))
    count=$(echo "$sections" | grep -cx -- "$name")
    test "$count" -eq 1 && continue
    echo "notes: section $name of reference/NOTES is there $count times"
    bad=$((bad + 1))
done
echo "notes: $seen sections cited, $bad complaints"
test $seen -gt 0 && test $bad -eq 0
