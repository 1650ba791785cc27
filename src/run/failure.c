#include "src/run/failure.h"

#include <stddef.h>

#include "src/run/failure.inc"
