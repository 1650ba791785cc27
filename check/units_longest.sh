#!/bin/sh
# The suite that takes longest, which no quarter holds: begun first, it ends beside them.
exec "${UNITS:-./check/units}" verdicts
