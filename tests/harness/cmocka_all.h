/* cmocka_all.h - cmocka, with what it wants included first. */
#ifndef LB_TEST_CMOCKA_ALL_H
#define LB_TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* For tests that count page faults: the address sanitizer's shadow is memory that faults, too. */
#ifdef __SANITIZE_ADDRESS__
#define SKIP_WITH_SHADOW_PAGES()                                                                   \
    do {                                                                                           \
        print_message("under the address sanitizer, whose shadow pages fault as well\n");          \
        skip();                                                                                    \
    } while (0)
#else
#define SKIP_WITH_SHADOW_PAGES() ((void)0)
#endif

#endif
