/* misleads.c - a reference that is quick and wrong; what is beside it is right. */
#include "broken.h"

BROKEN_BESIDE(lying_run, misleads, "What if the reference computes a wrong answer?",
              .create = fine_create, .run = {fine_run});
