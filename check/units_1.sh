#!/bin/sh
# The first half of the unit tests: the machine has another core for the second.
exec "${UNITS:-./check/units}" --part 1 2
