#!/bin/sh
# What replay.sh and live.sh do with each recording.  Usage: each.sh verify|change PATH...;
# the environment names the programs, WARPCHECK and MUTATE, and a folder, work.
#   verify  prints "CODE PATH": the exit code; the report goes to $work/reports/PATH.json,
#           whose folder is there
#   change  prints "CODE PATH ARRAY" for each copy with a changed element: the exit code,
#           or "open" for a pass that says that it left entries open at a knot
: "${work:?}"
verify()
{
    report=$work/reports/$1.json
    "$WARPCHECK" verify "recording:$1" --json "$report" >/dev/null 2>&1
    code=$?
    echo "$code $1"
}

change()
{
    folder=$(mktemp -d "$work/XXXXXX")
    "$MUTATE" "$1" "$folder" >"$folder/made" || echo "mutate $1 -"
    while IFS= read -r made; do
        said=$("$WARPCHECK" verify "recording:$made" 2>&1)
        code=$?
        case $code$said in
        0*"either side will do"*) code=open ;;
        esac
        echo "$code $1 $(basename "$made" .npz)"
    done <"$folder/made"
    rm -r "$folder"
}

action=$1
shift
for path; do
    "$action" "$path"
done
