#include "src/report/page.h"

#include <stddef.h>

#include "src/report/page.inc"
