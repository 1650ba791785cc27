#!/bin/sh
# Prints what each test of a build folder said last: Check's line of totals, the counts
# of the scripts, and what was skipped and why.  Usage: closing_lines.sh BUILD
for log in "$1"/check/units*.log "$1"/check/*/*.log; do
    test -f "$log" || continue
    grep -hE '^[0-9]+%: Checks: |^[a-z]+: [0-9]+ |^SKIP ' "$log"
done
exit 0
