/* suggest.h - "did you mean ...?": the nearest of some valid names to what a user typed. */
#ifndef LB_SUGGEST_H
#define LB_SUGGEST_H

#include <stddef.h>

struct lb_suggestion {
    size_t distance; /* of `text`; meaningless while text is "" */
    char text[192];  /* "" while nothing is near: at most a third of the word may differ */
};

/* Offers one valid name; keeps it when it is nearer than what is held. Start from {0}. */
void lb_suggest(struct lb_suggestion *nearest, const char *typed, const char *valid);

#endif
