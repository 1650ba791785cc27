#!/bin/sh
# A quarter of the unit tests: the machine has other cores for the others.
exec "${UNITS:-./check/units}" --part 3 4
