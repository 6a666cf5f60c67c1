/* suggest.c - see suggest.h. Levenshtein's distance, one row at a time. */
#include "harness/suggest.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 191 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static size_t edit_distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t b_length = strlen(b);
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

void lb_suggest(struct lb_suggestion *nearest, const char *typed, const char *valid)
{
    size_t longer = strlen(typed) > strlen(valid) ? strlen(typed) : strlen(valid);
    if (longer > LONGEST)
        return;
    size_t distance = edit_distance(typed, valid);
    if (distance > (longer + 2) / 3)
        return;
    if (!nearest->text[0] || distance < nearest->distance) {
        nearest->distance = distance;
        snprintf(nearest->text, sizeof nearest->text, "%s", valid);
    }
}
