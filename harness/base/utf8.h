/* utf8.h - is this text UTF-8, as RFC 3629 has it: no overlong forms, surrogates, or beyond? */
#ifndef LB_UTF8_H
#define LB_UTF8_H

#include <stddef.h>

/* Bytes of the character here; 0 when there is none: a bad one, a cut one, or the text's end. */
size_t lb_utf8_length(const char *text);

#endif
