#!/bin/sh
# The models reproduce every recording within its bound (check/vectors/README.md).
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top" || exit 99
for python in python3 /usr/bin/python3; do
    if $python -c 'import numpy' 2>/dev/null; then
        exec $python check/vectors/model.py
    fi
done
echo "SKIP models: no python3 has numpy"
exit 77
