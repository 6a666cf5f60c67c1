/* gate_main.c - `layoutbench-gate`: options, the two tiers, one verdict. The only file that exits.
 */
#include "ci/verdict.h"

#include <stdio.h>

int main(void)
{
    fputs("layoutbench-gate: not yet\n", stderr);
    return LB_GATE_EXIT_USAGE;
}
