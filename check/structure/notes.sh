#!/bin/sh
# Every section of reference/NOTES that the code cites is there, under that very name: a
# line underlined with dashes, or several names in it separated by commas.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top" || exit 99
headings=$(awk '
    /^-+$/ && length($0) == length(last) { print last }
    { last = $0 }' reference/NOTES | tr ',' '\n' | sed 's/^ *//')
# Comments break lines between NOTES and the name.
cited=$(find reference src check -name '*.[ch]' -exec cat {} + | tr '\n' ' ' |
    sed 's/  *\*  */ /g' | grep -oE 'NOTES:[A-Za-z0-9_-]+|NOTES, *"[^"]*"' |
    sed 's/^NOTES://; s/^NOTES, *"\(.*\)"$/\1/' | sort -u)
bad=0
for name in $cited; do
    echo "$headings" | grep -qxF -e "$name" || {
        echo "notes: section $name is cited, but is not in reference/NOTES"
        bad=$((bad + 1))
    }
done
twice=$(echo "$headings" | sort | uniq -d)
test -z "$twice" || {
    echo "notes: there are two sections" $twice
    bad=$((bad + 1))
}
echo "notes: $(echo "$cited" | wc -l) sections cited, $bad complaints"
test -n "$cited" && test $bad -eq 0
