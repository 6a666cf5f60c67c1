/*
 * escape.h - text that came from files and programs, made harmless for where it is written to.
 *
 * Holds for all: text is taken as UTF-8. What is not UTF-8, control characters and those that turn
 * the direction of writing become U+FFFD, so that what is read is what stands there. Write errors
 * stay in the stream (ferror).
 */
#ifndef LB_ESCAPE_H
#define LB_ESCAPE_H

#include <stdio.h>

/* For XML 1.0: between tags and in attribute values. */
void lb_escape_xml(FILE *out, const char *text);

/* For Markdown (CommonMark, GitHub's tables too): running text that shows as it is, on one line. */
void lb_escape_markdown(FILE *out, const char *text);

/* The same, shown as code. */
void lb_escape_markdown_code(FILE *out, const char *text);

/* For GitHub's workflow commands (::error ...::MESSAGE): the message, and a property's value. */
void lb_escape_command(FILE *out, const char *text);
void lb_escape_command_property(FILE *out, const char *text);

#endif
