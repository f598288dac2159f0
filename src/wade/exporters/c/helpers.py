"""The parts that exported C programs share, as they are written out: C99, no allocation, no state.

Each has its counterpart in `wade.tables` or `wade.network.preactivation`; the comments are for readers of the program.
"""

from __future__ import annotations

from typing import Final

ON_SCALE: Final = """\
/* A number on a robust scale clipped smoothly to -3 and 3; 0 where it is missing. */
static double on_scale(double x, double median, double factor)
{
    double z = (x - median) * factor;
    if (isnan(z))
        return 0;
    z = fmin(fmax(z, -1e6), 1e6);
    return z / sqrt(1 + (z / 3) * (z / 3));
}"""

AMONG_BINS: Final = """\
/* The position of a number in its bins: 2.25 is a quarter into the third. A missing one counts as the median. */
static double among_bins(double x, const double *edges, int bins, double median)
{
    int t = 0;
    x = fmin(fmax(isnan(x) ? median : x, edges[0]), edges[bins]);
    while (t < bins - 1 && x >= edges[t + 1])
        t++;
    return t + (x - edges[t]) / (edges[t + 1] - edges[t]);
}"""

CODE_OF: Final = """\
struct code {
    const char *text;
    int code;
};

static int compare_codes(const void *one, const void *other)
{
    return strcmp(((const struct code *)one)->text, ((const struct code *)other)->text);
}

/* The code of a text among those of the training rows, in order; 0 where it is not among them. */
static int code_of(const char *text, const struct code *codes, size_t count, int missing)
{
    struct code wanted = {text, 0};
    const struct code *found;
    if (text == NULL)
        return missing;
    found = bsearch(&wanted, codes, count, sizeof *codes, compare_codes);
    return found == NULL ? 0 : found->code;
}"""

LONGEST_KEY: Final = "#define LONGEST_KEY 512 /* bytes; longer texts are compared as they are */"

TEXT_KEY: Final = """\
/* A text as categories are compared: as it is, but true and false in small letters. */
static const char *text_key(const char *text, char *key)
{
    size_t at, length = text == NULL ? 0 : strlen(text);
    if (length != 4 && length != 5)
        return text;
    for (at = 0; at <= length; at++)
        key[at] = (char)tolower((unsigned char)text[at]);
    return strcmp(key, "true") == 0 || strcmp(key, "false") == 0 ? key : text;
}"""

CODE_KEY: Final = """\
/* A whole number without .0; other text as it is. */
static const char *code_key(const char *text, char *key)
{
    size_t length = text == NULL ? 0 : strlen(text), first = length > 0 && text[0] == '-', digits;
    if (length < 3 || length >= LONGEST_KEY || strcmp(text + length - 2, ".0") != 0)
        return text_key(text, key);
    digits = strspn(text + first, "0123456789");
    if (digits == 0 || first + digits + 2 != length || (text[first] == '0' && digits > 1))
        return text_key(text, key);
    memcpy(key, text, length - 2);
    key[length - 2] = 0;
    return key;
}"""

NUMBER_KEY: Final = """\
/* A number without superfluous zeros, 0205.0 as 205; other text as it is. */
static const char *number_key(const char *text, char *key)
{
    size_t length = text == NULL ? 0 : strlen(text), at = 0, used = 0, whole, fraction = 0;
    if (length == 0 || length + 2 >= LONGEST_KEY)
        return text_key(text, key);
    if (text[0] == '-' || text[0] == '+')
        at = 1;
    whole = strspn(text + at, "0123456789");
    if (text[at + whole] == '.')
        fraction = strspn(text + at + whole + 1, "0123456789");
    if (whole + fraction == 0 || at + whole + (text[at + whole] == '.' ? 1 + fraction : 0) != length)
        return text_key(text, key);
    while (fraction > 0 && text[at + whole + fraction] == '0')
        fraction--;
    for (; whole > 0 && text[at] == '0'; whole--)
        at++;
    if (text[0] == '-' && whole + fraction > 0)
        key[used++] = '-';
    if (whole == 0)
        key[used++] = '0';
    memcpy(key + used, text + at, whole);
    used += whole;
    if (fraction > 0) {
        memcpy(key + used, text + at + whole, 1 + fraction);
        used += 1 + fraction;
    }
    key[used] = 0;
    return key;
}"""

BOOLEAN_KEY: Final = """\
/* "true" or "false", also of 1 and 0; other text as it is. */
static const char *boolean_key(const char *text, char *key)
{
    const char *found = number_key(text, key);
    if (found != NULL && (strcmp(found, "0") == 0 || strcmp(found, "1") == 0))
        return found[0] == '1' ? "true" : "false";
    return found;
}"""

KEYS: Final = {
    "text": (LONGEST_KEY, TEXT_KEY),
    "code": (LONGEST_KEY, TEXT_KEY, CODE_KEY),
    "number": (LONGEST_KEY, TEXT_KEY, NUMBER_KEY),
    "boolean": (LONGEST_KEY, TEXT_KEY, NUMBER_KEY, BOOLEAN_KEY),
}
"""What comparing texts takes, for each entry of `canonical.KEYS` that changes a text."""

CALENDAR: Final = """\
struct moment {
    int64_t days; /* since 1970 */
    int clock;    /* seconds of the day */
    int month;    /* 1 to 12 */
    int day;      /* of the year, from 0 */
};

/* The calendar's view of seconds since 1970; years begin in March here, so that leap days come last. */
static struct moment moment_of(int64_t seconds)
{
    struct moment found;
    int64_t era, day, year, in_year, month;
    found.clock = (int)((seconds % 86400 + 86400) % 86400);
    found.days = (seconds - found.clock) / 86400;
    day = found.days + 719468;
    era = (day >= 0 ? day : day - 146096) / 146097;
    day -= era * 146097;
    year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    in_year = day - (365 * year + year / 4 - year / 100);
    month = (5 * in_year + 2) / 153;
    found.month = (int)(month < 10 ? month + 3 : month - 9);
    found.day = (int)(month < 10 ? in_year + 59 + ((year % 4 == 0 && year % 100 != 0) || year == 0) : in_year - 306);
    return found;
}"""

WORDS: Final = """\
/* Every bit of a 64-bit word moved by every other (SplitMix64). */
static uint64_t mix(uint64_t word)
{
    word += UINT64_C(0x9E3779B97F4A7C15);
    word = (word ^ (word >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94D049BB133111EB);
    return word ^ (word >> 31);
}

/* The next character of UTF-8 text, which moves on; 0 where it is none. */
static uint32_t next_character(const unsigned char **text)
{
    uint32_t first = *(*text)++, value;
    int more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    value = more == 0 ? first : first & (0x3Fu >> more);
    for (; more > 0; more--) {
        if ((**text & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (*(*text)++ & 0x3Fu);
    }
    return value;
}

static int compare_characters(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

/* The small letter of a character, or itself. */
static uint32_t small(uint32_t character)
{
    const uint32_t *found = bsearch(&character, CAPITALS, sizeof CAPITALS / sizeof CAPITALS[0], sizeof CAPITALS[0],
                                    compare_characters);
    return found == NULL ? character : found[1];
}

/* Whether a character is a letter or a digit of any alphabet. */
static int is_letter(uint32_t character)
{
    size_t low = 0, high = sizeof LETTERS / sizeof LETTERS[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (character > LETTERS[middle][1])
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof LETTERS / sizeof LETTERS[0] && character >= LETTERS[low][0];
}

/* The words of a text, each added to or taken from one of some places; of unit length. */
static void hashed_words(const char *text, int places, double *numbers)
{
    const unsigned char *at = (const unsigned char *)(text == NULL ? "" : text);
    uint64_t total = 0, length = 0, hash;
    double square = 0;
    int place;
    for (place = 0; place < places; place++)
        numbers[place] = 0;
    for (;;) {
        int ends = *at == 0;
        uint32_t character = ends ? 0 : small(next_character(&at));
        if (character != 0 && is_letter(character)) {
            int more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
            int part;
            for (part = more; part >= 0; part--) {
                uint32_t byte = character >> (6 * part);
                if (more > 0)
                    byte = part == more ? (0xFF00u >> (more + 1) & 0xFFu) | byte : 0x80u | (byte & 0x3Fu);
                if (length < sizeof BYTE_FACTORS / sizeof BYTE_FACTORS[0])
                    total += byte * BYTE_FACTORS[length];
                length++;
            }
        } else if (length > 0) {
            hash = mix(total ^ mix(length));
            numbers[hash % (uint64_t)places] += hash >> 63 ? 1 : -1;
            total = length = 0;
        }
        if (ends)
            break;
    }
    for (place = 0; place < places; place++)
        square += numbers[place] * numbers[place];
    for (place = 0; place < places; place++)
        numbers[place] = (float)(square > 0 ? numbers[place] / sqrt(square) : 0);
}"""

WEIGHTED_SUMS: Final = """\
/* z = a W: n_out weighted sums of n_in numbers. */
static void weighted_sums(const double *a, int n_in, const float *W, int n_out, double *z)
{
    int i, j;
    for (j = 0; j < n_out; j++)
        z[j] = 0;
    for (i = 0; i < n_in; i++)
        for (j = 0; j < n_out; j++)
            z[j] += a[i] * W[(size_t)i * (size_t)n_out + (size_t)j];
}"""

ADD_ROW: Final = """\
/* Adds a row of a table, times a factor. */
static void add_row(const float *table, int row, int n, double factor, double *z)
{
    int j;
    for (j = 0; j < n; j++)
        z[j] += factor * table[row * n + j];
}"""

ADD_PIECEWISE_LINEAR: Final = """\
/* Adds the sum over the bins below a position: all whole ones, and a share of the one that it lies in. */
static void add_piecewise_linear(const float *P, int bins, double position, int n, double factor, double *z)
{
    int t;
    for (t = 0; t < bins && t < position; t++)
        add_row(P, t, n, factor * fmin(position - t, 1), z);
}"""

IS_MISSING: Final = """\
static int is_missing(const char *text)
{
    size_t mark;
    for (mark = 0; mark < sizeof MISSING / sizeof MISSING[0]; mark++)
        if (strcmp(text, MISSING[mark]) == 0)
            return 1;
    return 0;
}"""

READ_NUMBER: Final = """\
static int read_number(const char *text, double *value)
{
    char *end;
    *value = NAN;
    if (is_missing(text))
        return 1;
    *value = strtod(text, &end);
    return *end == 0 && strspn(text, "+-.0123456789eE") == strlen(text) && isfinite(*value);
}"""

READ_BOOLEAN: Final = """\
static int read_boolean(const char *text, int *value)
{
    char small[8] = "", *end;
    double number = strtod(text, &end);
    int is_number = *end == 0 && strspn(text, "+-.0123456789eE") == strlen(text);
    size_t at;
    *value = -1;
    if (is_missing(text))
        return 1;
    for (at = 0; at < 7 && text[at] != 0; at++)
        small[at] = (char)tolower((unsigned char)text[at]);
    if (strcmp(small, "true") == 0 || (is_number && number == 1))
        *value = 1;
    else if (strcmp(small, "false") == 0 || (is_number && number == 0))
        *value = 0;
    return *value >= 0;
}"""

READ_TEXT: Final = """\
/* A text; `kept` are those that mean missing elsewhere, up to a NULL. */
static int read_text(const char *text, const char *const *kept, const char **value)
{
    *value = is_missing(text) ? NULL : text;
    for (; *kept != NULL; kept++)
        if (strcmp(text, *kept) == 0)
            *value = text;
    return 1;
}"""
