#!/bin/sh
# The second half of the unit tests.
exec "${UNITS:-./check/units}" --part 2 2
