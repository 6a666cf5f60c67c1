/* standard_fds.c - see standard_fds.h. */
#include "harness/base/standard_fds.h"

#include <fcntl.h>
#include <unistd.h>

void lb_standard_fds_open(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}
