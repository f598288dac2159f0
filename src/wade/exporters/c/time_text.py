"""How exported C programs read the text of a time: C99, the counterpart of `columns/date_forms.py`."""

from __future__ import annotations

from typing import Final

READ_TIME: Final = """\
/* What a time's text says; zoned is 1 where it has an offset from UTC. */
struct written {
    int year, month, day, hour, minute, second, zoned, ahead;
};

/* Digits: at least `least`, at most `most`. */
static int digits(const char **text, int least, int most, int *value)
{
    int count = 0;
    for (*value = 0; count < most && isdigit((unsigned char)**text); count++)
        *value = 10 * *value + *(*text)++ - '0';
    return count >= least;
}

/* Whether the text goes on with this, in capitals or not; moves on if so. */
static int follows(const char **text, const char *word)
{
    size_t at;
    for (at = 0; word[at] != 0; at++)
        if (tolower((unsigned char)(*text)[at]) != word[at])
            return 0;
    *text += at;
    return 1;
}

/* The number of the name that comes next, from 0; -1 for none. The first of several spellings is the longest. */
static int name_of(const char **text, const char *const *names, int count)
{
    int at;
    for (at = 0; at < count; at++)
        if (follows(text, names[at]))
            return at;
    return -1;
}

static int read_fraction(const char **text)
{
    int ignored;
    if (**text != '.' && **text != ',')
        return 1;
    ++*text;
    return digits(text, 1, 9, &ignored);
}

static int read_half(const char **text, int *hour)
{
    int late = follows(text, "p");
    if (!late && !follows(text, "a"))
        return 0;
    *text += **text == '.';
    if (!follows(text, "m") || *hour < 1 || *hour > 12)
        return 0;
    *text += **text == '.';
    *hour = *hour % 12 + (late ? 12 : 0);
    return 1;
}

static int read_offset(const char **text, struct written *found)
{
    int hours, minutes = 0, minus, named;
    found->zoned = 1;
    if (follows(text, "z"))
        return 1;
    named = follows(text, "utc") || follows(text, "gmt");
    minus = **text == '-';
    if (**text != '+' && !minus)
        return named;
    ++*text;
    if (!digits(text, 2, 2, &hours))
        return 0;
    if (isdigit((unsigned char)(**text == ':' ? (*text)[1] : **text))) {
        *text += **text == ':';
        if (!digits(text, 2, 2, &minutes))
            return 0;
    }
    found->ahead = (minus ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

static int at_offset(const char *text)
{
    int c = tolower((unsigned char)(text[0] == ' ' ? text[1] : text[0]));
    return c == 'z' || c == 'u' || c == 'g' || c == '+' || c == '-';
}

static int read_optional_offset(const char **text, struct written *found)
{
    if (!at_offset(*text))
        return 1;
    *text += **text == ' ';
    return read_offset(text, found);
}

static int read_optional_half(const char **text, int *hour)
{
    const char *at = *text + (**text == ' ');
    int c = tolower((unsigned char)*at);
    if (c != 'a' && c != 'p')
        return 1;
    *text = at;
    return read_half(text, hour);
}

/* A time of day after a date, such as " 13:45", "T134510.5Z" or " 1:45 PM"; none is right too. */
static int read_clock(const char **text, struct written *found)
{
    size_t run;
    if (**text == 0)
        return 1;
    if (**text == 'T' || **text == 't' || **text == ':')
        ++*text;
    else {
        *text += **text == ',';
        if (**text != ' ')
            return 0;
        *text += strspn(*text, " ");
    }
    run = strspn(*text, "0123456789");
    if (!digits(text, 1, run > 2 && run % 2 ? 1 : 2, &found->hour))
        return 0;
    if (isdigit((unsigned char)**text) || (**text == ':' && isdigit((unsigned char)(*text)[1]))) {
        *text += **text == ':';
        if (!digits(text, 2, 2, &found->minute))
            return 0;
        if (isdigit((unsigned char)**text) || (**text == ':' && isdigit((unsigned char)(*text)[1]))) {
            *text += **text == ':';
            if (!digits(text, 2, 2, &found->second) || !read_fraction(text))
                return 0;
        }
    }
    return read_optional_half(text, &found->hour) && read_optional_offset(text, found);
}

static int read_part(const char **text, const char *form, struct written *found)
{
    static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august",
                                         "september", "october", "november", "december", "jan", "feb", "mar", "apr",
                                         "may", "jun", "jul", "aug", "sept", "oct", "nov", "dec", "sep"};
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                                       "tues", "thurs", "thur", "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    int at;
    switch (*form) {
    case 'Y': return digits(text, 4, 4, &found->year);
    case 'y':
        if (!digits(text, 2, 2, &found->year))
            return 0;
        found->year += found->year >= 69 ? 1900 : 2000;
        return 1;
    case 'm': return digits(text, 1, 2, &found->month);
    case '1': return digits(text, 2, 2, &found->month);
    case 'd':
        if (!digits(text, 1, 2, &found->day))
            return 0;
        (void)(follows(text, "st") || follows(text, "nd") || follows(text, "rd") || follows(text, "th"));
        return 1;
    case '2': return digits(text, 2, 2, &found->day);
    case 'b':
        at = name_of(text, months, 25);
        found->month = at == 24 ? 9 : at % 12 + 1;
        *text += at >= 0 && **text == '.' && (form[1] != '.' || (*text)[1] == '.');
        return at >= 0;
    case 'a':
        at = name_of(text, days, 17);
        *text += at >= 0 && **text == '.' && (form[1] != '.' || (*text)[1] == '.');
        return at >= 0;
    case 'H': return digits(text, 1, 2, &found->hour);
    case '3': return digits(text, 2, 2, &found->hour);
    case 'M': return digits(text, 2, 2, &found->minute);
    case 'S': return digits(text, 2, 2, &found->second);
    case 'f': return digits(text, 1, 9, &at);
    case 'p': return read_half(text, &found->hour);
    case 'z': return read_offset(text, found);
    case 'T': return read_clock(text, found);
    case 'O': return read_optional_offset(text, found);
    case 'P': return read_optional_half(text, &found->hour);
    case 'F': return read_fraction(text);
    default: /* seconds, if there are any */
        if (**text != ':')
            return 1;
        ++*text;
        return digits(text, 2, 2, &found->second) && read_fraction(text);
    }
}

/* Whether a text stands for no date, as 0000-00-00 does. */
static int is_no_date(const char *text)
{
    const char *at = text;
    size_t first = strspn(at, "0"), second, third;
    if (text[first] == 0)
        return first == 1 || first == 8;
    at += first;
    if (first < 1 || first > 4 || strchr("-/.", *at) == NULL)
        return 0;
    second = strspn(++at, "0");
    at += second;
    if (second < 1 || second > 2 || *at == 0 || strchr("-/.", *at) == NULL)
        return 0;
    third = strspn(++at, "0");
    at += third;
    if (third < 1 || third > 4)
        return 0;
    if (*at == 0)
        return 1;
    third = strspn(at, *at == 'T' ? "T " : " ");
    at += third;
    if (third < 1 || *at != '0')
        return 0;
    at += strspn(at, "0") > 2 ? 3 : strspn(at, "0");
    if (strncmp(at, ":00", 3) != 0)
        return 0;
    at += 3;
    if (strncmp(at, ":00", 3) == 0) {
        at += 3;
        if (at[0] == '.' && at[1] == '0')
            at += 1 + strspn(at + 1, "0");
    }
    return *at == 0;
}

/* A time in a form, as seconds since 1970. zones: 1 where an offset from UTC is needed, 0 where there may be none, -1
 * where either is right. */
static int read_time(const char *text, const char *form, int zones, int64_t *value)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct written found = {1970, 1, 1, 0, 0, 0, 0, 0};
    int right = 1, leap, passed, year;
    const char *at = text;
    *value = TIME_MISSING;
    if (is_missing(text))
        return 1;
    for (; *form != 0 && right; form++) {
        if (*form == '%')
            right = read_part(&at, ++form, &found);
        else if (*form == ' ') {
            right = *at == ' ';
            at += strspn(at, " ");
        } else {
            right = *at == *form;
            at += right;
        }
    }
    year = found.year;
    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    right = right && *at == 0 && year > 0 && found.month >= 1 && found.month <= 12 && found.day >= 1
            && found.day <= lengths[found.month - 1] + (found.month == 2 && leap) && found.hour < 24
            && found.minute < 60 && found.second < 60;
    if (!right)
        return is_no_date(text);
    if (zones >= 0 && found.zoned != zones)
        return 0;
    for (passed = found.day - 1; found.month > 1; found.month--)
        passed += lengths[found.month - 2] + (found.month == 3 && leap);
    year--;
    passed += 365 * year + year / 4 - year / 100 + year / 400 - 719162;
    *value = (int64_t)passed * 86400 + found.hour * 3600 + found.minute * 60 + found.second - found.ahead;
    return 1;
}"""
