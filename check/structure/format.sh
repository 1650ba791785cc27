#!/bin/sh
# All C is as clang-format would have it.  Other versions of it differ in details, so
# only version 14 judges.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
for tool in clang-format-14 clang-format; do
    if command -v $tool >/dev/null && $tool --version | grep -q 'version 14\.'; then
        cd "$top" || exit 99
        find reference src check include examples -name '*.[ch]' 2>/dev/null |
            sort | xargs $tool --dry-run -Werror
        exit
    fi
done
echo "SKIP format: there is no clang-format 14"
exit 77
