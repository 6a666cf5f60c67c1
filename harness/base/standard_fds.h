/*
 * standard_fds.h - descriptors 0, 1 and 2 are there.
 *
 * A program that was started without them gets them for the next files that it opens, and what is
 * printed then goes into these.
 */
#ifndef LB_STANDARD_FDS_H
#define LB_STANDARD_FDS_H

/*
 * Opens /dev/null for those that are closed, for reading: what is written there is an error as
 * before. First thing in main.
 */
void lb_standard_fds_open(void);

#endif
