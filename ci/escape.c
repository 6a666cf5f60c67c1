/* escape.c - see escape.h. */
#include "ci/escape.h"

#include "harness/base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { REPLACEMENT = 0xfffd };

/* ---- Characters ---------------------------------------------------------------------------- */

/* The next character and how many bytes it takes; what is none is one byte long. */
static uint32_t decode(const char *text, size_t *length)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07}; /* its bits, by length */
    size_t bytes = lb_utf8_length(text);
    *length = bytes ? bytes : 1;
    if (!bytes)
        return REPLACEMENT;
    uint32_t code = (unsigned char)*text & first[bytes];
    for (size_t i = 1; i < bytes; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3fU);
    return code;
}

/* Line ends and tabs are for each format to say. */
static bool is_space(uint32_t code)
{
    return code == '\n' || code == '\r' || code == '\t';
}

/* Controls, marks that turn the direction of writing, and what XML 1.0 excludes. */
static bool is_unfit(uint32_t code)
{
    return (code < 0x20 && !is_space(code)) || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
           code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfffe || code == 0xffff;
}

/* Writes one character in the way of one format; false: it stands for itself. */
typedef bool put_special(FILE *out, uint32_t code);

static void escape(FILE *out, const char *text, put_special *put)
{
    for (size_t length; *text; text += length) {
        uint32_t code = decode(text, &length);
        if (code == REPLACEMENT || is_unfit(code))
            fputs("\xef\xbf\xbd", out);
        else if (!put(out, code))
            fwrite(text, 1, length, out);
    }
}

/* ---- XML ----------------------------------------------------------------------------------- */

static bool put_xml(FILE *out, uint32_t code)
{
    if (!is_space(code) && (code > 0x7f || !strchr("<>&\"'", (int)code)))
        return false;
    fprintf(out, "&#%u;", (unsigned)code);
    return true;
}

void lb_escape_xml(FILE *out, const char *text)
{
    escape(out, text, put_xml);
}

/* ---- Markdown ------------------------------------------------------------------------------ */

static bool is_letter_or_digit(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9');
}

/* A character written by its number is never markup (CommonMark 0.30, section 2.5). */
static bool put_markdown(FILE *out, uint32_t code)
{
    if (is_space(code)) {
        fputc(' ', out);
        return true;
    }
    if (code > 0x7f || is_letter_or_digit(code) || strchr(" ,;%=/?()'", (int)code))
        return false;
    fprintf(out, "&#%u;", (unsigned)code);
    return true;
}

void lb_escape_markdown(FILE *out, const char *text)
{
    escape(out, text, put_markdown);
}

/* Nothing that ends a code span or a table's cell: what stands in backticks is itself then. */
static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || text[0] == ' ' || text[length - 1] == ' ')
        return false;
    for (; *text; text++)
        if (*text < ' ' || *text > '~' || strchr("`|\\", *text))
            return false;
    return true;
}

void lb_escape_markdown_code(FILE *out, const char *text)
{
    if (is_plain(text)) {
        fprintf(out, "`%s`", text);
        return;
    }
    fputs("<code>", out);
    lb_escape_markdown(out, text);
    fputs("</code>", out);
}

/* ---- GitHub's workflow commands ------------------------------------------------------------ */

static bool put_command(FILE *out, uint32_t code)
{
    if (code != '%' && !is_space(code))
        return false;
    fprintf(out, "%%%02X", (unsigned)code);
    return true;
}

static bool put_property(FILE *out, uint32_t code)
{
    if (code != ':' && code != ',')
        return put_command(out, code);
    fprintf(out, "%%%02X", (unsigned)code);
    return true;
}

void lb_escape_command(FILE *out, const char *text)
{
    escape(out, text, put_command);
}

void lb_escape_command_property(FILE *out, const char *text)
{
    escape(out, text, put_property);
}
