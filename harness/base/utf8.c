/* utf8.c - see utf8.h. */
#include "harness/base/utf8.h"

size_t lb_utf8_length(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    static const struct {
        unsigned char first, last, second_low, second_high;
        size_t length;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (*c < forms[i].first || *c > forms[i].last)
            continue;
        size_t length = forms[i].length;
        if (length > 1 && (c[1] < forms[i].second_low || c[1] > forms[i].second_high))
            return 0;
        for (size_t more = 2; more < length; more++)
            if ((c[more] & 0xc0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}
