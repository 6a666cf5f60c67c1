/* build_info.c - see build_info.h. The values come from the Makefile, in a generated header. */
#include "harness/base/build_info.h"

#include "generated_build_info.h"

const char lb_build_version[] = "0.1.0";
const char lb_build_commit[] = LB_BUILD_COMMIT;
const char lb_build_compiler[] = LB_BUILD_COMPILER;
const char lb_build_flags[] = LB_BUILD_FLAGS;
const char lb_build_name[] = LB_BUILD_NAME;
