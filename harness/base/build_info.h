/* build_info.h - what this program was built from, for the document and --version. */
#ifndef LB_BUILD_INFO_H
#define LB_BUILD_INFO_H

extern const char lb_build_version[];
extern const char lb_build_commit[]; /* "" when not built from a git checkout */
extern const char lb_build_compiler[];
extern const char lb_build_flags[];
extern const char lb_build_name[]; /* release, debug, ... */

#endif
