/*
 * suggest.c - see suggest.h. The optimal string alignment distance: Levenshtein's, and two
 * neighbouring letters that changed places count as one mistake.
 */
#include "harness/base/suggest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 191 };

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1]; /* of a's last three letters, in turn */
    size_t length = strlen(b), i;
    for (size_t j = 0; j <= length; j++)
        rows[0][j] = j;
    for (i = 1; a[i - 1]; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= length; j++) {
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            now[j] =
                lesser(lesser(last[j] + 1, now[j - 1] + 1), last[j - 1] + (a[i - 1] != b[j - 1]));
            if (swapped)
                now[j] = lesser(now[j], before[j - 2] + 1);
        }
    }
    return rows[(i - 1) % 3][length];
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
