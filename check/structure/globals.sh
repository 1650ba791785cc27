#!/bin/sh
# The library has no writable data: nothing outlives a call.
if test "${instrumented:-no}" = yes; then
    echo "SKIP globals: instrumented objects hold counters of their own"
    exit 77
fi
archive=.libs/libwarpcheck.a
if ! test -f $archive; then
    echo "SKIP globals: no static library was built"
    exit 77
fi
objects=$("${OBJDUMP:-objdump}" -t $archive | grep -c 'file format')
writable=$("${OBJDUMP:-objdump}" -t $archive |
    awk '$2 == "O" && $3 ~ /^\.(data|bss)/ && $3 !~ /^\.data\.rel\.ro/ ||
         $3 == "O" && $4 ~ /^\.(data|bss|tbss|tdata)/ && $4 !~ /^\.data\.rel\.ro/')
test -z "$writable" || echo "$writable"
echo "globals: $objects objects read"
test "$objects" -gt 0 && test -z "$writable"
