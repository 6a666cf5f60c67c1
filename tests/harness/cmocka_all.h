/* cmocka_all.h - cmocka, with what it wants included first. */
#ifndef LB_TEST_CMOCKA_ALL_H
#define LB_TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
