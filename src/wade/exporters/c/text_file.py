"""How exported C programs read text, as it is written out: CSV and its kin, as `wade.tables` reads them.

The counterparts in exported Python programs are in `exporters/python/text_file.py`. `SEPARATORS`, `QUOTE`, `DECIMAL`,
`GROUP`, `COMMENT`, `SKIP` and `PLACES` are the program's own constants.
"""

from __future__ import annotations

from typing import Final

TRIMMED: Final = """\
/* How many bytes of white space begin here: 0, or those of one character of Unicode. */
static size_t space_at(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    if ((at[0] >= 0x09 && at[0] <= 0x0D) || (at[0] >= 0x1C && at[0] <= 0x20))
        return 1;
    if (at[0] == 0xC2 && (at[1] == 0x85 || at[1] == 0xA0))
        return 2;
    if (at[0] == 0xE1 && at[1] == 0x9A && at[2] == 0x80)
        return 3;
    if (at[0] == 0xE2 && at[1] == 0x80 && ((at[2] >= 0x80 && at[2] <= 0x8A) || at[2] == 0xAF))
        return 3;
    if (at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9))
        return 3;
    if ((at[0] == 0xE2 && at[1] == 0x81 && at[2] == 0x9F) || (at[0] == 0xE3 && at[1] == 0x80 && at[2] == 0x80))
        return 3;
    return 0;
}

/* The text without white space around it. */
static char *trimmed(char *text)
{
    char *end = text + strlen(text), *last;
    while (space_at(text) > 0)
        text += space_at(text);
    for (; end > text; end = last) {
        for (last = end - 1; last > text && ((unsigned char)*last & 0xC0) == 0x80; last--)
            ;
        if (space_at(last) == 0)
            break;
    }
    *end = 0;
    return text;
}"""

IS_UTF8: Final = """\
static int is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        int more = *at < 0x80 ? 0 : *at < 0xC2 ? -1 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : *at < 0xF5 ? 3 : -1;
        if (more < 0 || (*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) ||
            (*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F))
            return 0;
        for (at++; more > 0; more--)
            if ((*at++ & 0xC0) != 0x80)
                return 0;
    }
    return 1;
}"""

READ_RECORD: Final = """\
/* One record of CSV as it stands, or what is wrong with it; NULL where it is right, AT_END where there is none. A value
 * may hold line ends if its quotation marks are closed right before one of the separators or a line end. */
static const char AT_END[] = "the text is empty";
static int blank_lines, last_end; /* before the record that was read last; the character that ended it */

static const char *read_record(FILE *file, const char *separators, int first, char *record)
{
    static const char *const never_closed = "a quotation mark is never closed, or stands where none belongs";
    size_t used = 0;
    int c = getc(file), quoted = 0, starts = 1, broken = 0;
    for (blank_lines = 0; c == '\\n' || c == '\\r' || (COMMENT != 0 && c == COMMENT); c = getc(file)) {
        blank_lines += c != COMMENT && !(c == '\\n' && last_end == '\\r');
        if (c == COMMENT)
            while (c != EOF && c != '\\n' && c != '\\r')
                c = getc(file);
        last_end = c;
    }
    if (c == EOF)
        return ferror(file) ? "the text cannot be read" : AT_END;
    for (; c != EOF && (quoted || (c != '\\n' && c != '\\r')); c = getc(file)) {
        if (c == 0)
            return "it holds binary data";
        if (used + 2 >= LONGEST_RECORD)
            return "it is too long";
        record[used++] = (char)c;
        if (QUOTE != 0 && c == QUOTE && quoted) {
            c = getc(file);
            if (c == QUOTE)
                record[used++] = QUOTE;
            else {
                quoted = 0;
                if (broken && c != EOF && c != '\\n' && c != '\\r' && strchr(separators, c) == NULL)
                    return never_closed;
                ungetc(c, file);
            }
        } else if (QUOTE != 0 && c == QUOTE && starts) {
            quoted = 1;
            broken = 0;
        } else if (quoted)
            broken = broken || c == '\\n' || c == '\\r';
        starts = !quoted && strchr(separators, c) != NULL;
        if (first && used == 3 && memcmp(record, "\\357\\273\\277", 3) == 0) {
            used = 0; /* a byte order mark */
            starts = 1;
        }
    }
    if (quoted)
        return never_closed;
    last_end = c;
    record[used] = 0;
    return is_utf8(record) ? NULL : "it is not UTF-8";
}"""

SPLIT: Final = """\
/* The values of a record, without quotation marks and white space around them, in its own memory: how many. */
static int split(char *record, char separator, char **fields)
{
    char *from = record, *to = record;
    int count = 0, more;
    do {
        char *field = to;
        int quoted = QUOTE != 0 && *from == QUOTE;
        from += quoted;
        while (*from != 0 && (quoted || *from != separator)) {
            if (quoted && *from == QUOTE) {
                if (from[1] == QUOTE)
                    *to++ = *from++;
                else
                    quoted = 0;
                from++;
            } else
                *to++ = *from++;
        }
        more = *from++ != 0;
        *to++ = 0;
        if (count < MOST_FIELDS)
            fields[count++] = trimmed(field);
    } while (more);
    return count;
}"""

WITH_POINT: Final = """\
/* Writes 1.234,5 as 1234.5; 0 where it is no such number. */
static int with_point(char *text)
{
    static const char *const digits = "0123456789";
    const char *at = text + (*text == '+' || *text == '-'), *first = at;
    size_t whole = strspn(at, digits), size = strlen(GROUP), fraction = 0;
    if (is_missing(text))
        return 1;
    at += whole;
    if (size > 0 && *first != '0' && whole >= 1 && whole <= 3)
        while (strncmp(at, GROUP, size) == 0) {
            if (strspn(at + size, digits) != 3)
                return 0;
            at += size + 3;
        }
    if (*at == DECIMAL) {
        fraction = strspn(at + 1, digits);
        at += fraction + 1;
    }
    if (whole + fraction == 0)
        return 0;
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (strspn(at, digits) == 0)
            return 0;
        at += strspn(at, digits);
    }
    if (*at != 0)
        return 0;
    for (at = text; *at != 0; at++)
        if (size > 0 && strncmp(at, GROUP, size) == 0)
            at += size - 1;
        else
            *text++ = *at == DECIMAL ? '.' : *at;
    *text = 0;
    return 1;
}"""

FIND_COLUMNS: Final = """\
struct table {
    char separator[2]; /* empty where none finds every column */
    int width;         /* how many values a row has */
    int places[COLUMNS];
    int named; /* whether a line holds the names of the columns */
};

/* Where each column stands among the values of a record, MOST_FIELDS if twice; the first that is not there, or -1. */
static int find_columns(char **fields, int count, int *places)
{
    int column, place, absent = -1;
    for (column = COLUMNS - 1; column >= 0; column--) {
        places[column] = -1;
        for (place = 0; place < count && place < MOST_FIELDS; place++)
            if (strcmp(fields[place], NAMES[column]) == 0)
                places[column] = places[column] < 0 ? place : MOST_FIELDS;
        if (places[column] < 0)
            absent = column;
    }
    return absent;
}

/* Whether the columns of a table without names, whose numbers are PLACES, are there. */
static int take_places(int count, int *places)
{
    int column;
    for (column = 0; column < COLUMNS; column++)
        if (PLACES[column] < 0 || PLACES[column] >= count)
            return 0;
    memcpy(places, PLACES, sizeof PLACES);
    return 1;
}

/* Reads up to the line of names, or the first row of a table without; what is wrong with it, or NULL. */
static const char *find_table(FILE *file, char *record, char *buffer, char **fields, struct table *table)
{
    static char message[400];
    int top, absent = 0;
    /* Lines may stand above that of the names: a title, "sep=;". */
    for (top = 0; top <= (SKIP > 20 ? SKIP : 20); top++) {
        const char *separator, *problem = read_record(file, SEPARATORS, top == 0, record);
        if (problem != NULL && (top == 0 || problem != AT_END)) {
            sprintf(message, "line %d: %s", top + 1, problem);
            return message;
        }
        for (separator = SEPARATORS; problem == NULL && *separator != 0; separator++) {
            int column;
            strcpy(buffer, record);
            table->width = split(buffer, *separator, fields);
            column = find_columns(fields, table->width, table->places);
            absent = top == 0 && separator == SEPARATORS ? column : absent;
            table->named = column < 0;
            if (table->named || (top == SKIP && take_places(table->width, table->places))) {
                table->separator[0] = *separator;
                return NULL;
            }
        }
    }
    sprintf(message, "the first line names no column \\"%.200s\\"", NAMES[absent]);
    return message;
}"""

ANSWER_RECORD: Final = """\
/* The prediction for the values of a record; 0 where one of them cannot be read, which is said. */
static int answer_record(const struct table *table, char **fields, long row_number)
{
    static struct row row;
    double answer[ANSWERS];
    int column;
    for (column = 0; column < COLUMNS; column++)
        if (!set_value(&row, column, fields[table->places[column]])) {
            fprintf(stderr, "row %ld, column \\"%s\\": cannot be read: \\"%s\\"\\n", row_number, NAMES[column],
                    fields[table->places[column]]);
            return 0;
        }
    if (row_number == 1)
        puts(TITLES);
    model_predict(&row, answer);
    print_answer(answer);
    return 1;
}"""

MAIN: Final = """\
/* Text with a line of names on standard input; predictions on standard output. */
int main(void)
{
    static char record[LONGEST_RECORD], buffer[LONGEST_RECORD];
    static char empty[1], *fields[MOST_FIELDS], *nothing[1] = {empty};
    static struct table table;
    const char *problem = find_table(stdin, record, buffer, fields, &table);
    int column, count;
    long line = 0;
    if (problem != NULL) {
        fprintf(stderr, "%s\\n", problem);
        return 1;
    }
    for (column = 0; column < COLUMNS; column++)
        if (table.places[column] == MOST_FIELDS) {
            fprintf(stderr, "two columns share the name \\"%s\\"\\n", NAMES[column]);
            return 1;
        }
    for (; !ferror(stdout); line++) {
        if (table.named || line > 0)
            problem = read_record(stdin, table.separator, 0, record);
        if (problem != NULL)
            break;
        count = split(record, table.separator[0], fields);
        if (count != table.width) {
            fprintf(stderr, "row %ld: %d values, where the first line has %d\\n", line + 1, count, table.width);
            return 1;
        }
        for (column = 0; column < COLUMNS; column++)
            if (strcmp(fields[table.places[column]], NAMES[column]) != 0)
                break;
        if (column == COLUMNS && table.named) { /* the names once more, as in files that were put together */
            line--;
            continue;
        }
        /* In a table of one column, a blank line between others is a row whose value is missing. */
        if (table.named || line > 0)
            for (; table.width == 1 && blank_lines > 0; blank_lines--)
                if (!answer_record(&table, nothing, ++line))
                    return 1;
        if (!answer_record(&table, fields, line + 1))
            return 1;
    }
    if (problem != NULL && (problem != AT_END || line == 0)) {
        fprintf(stderr, "row %ld: %s\\n", line + 1, problem == AT_END ? "there is none" : problem);
        return 1;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (!hung_up()) /* a reader that has seen enough need not be told */
            fputs("the predictions cannot be written\\n", stderr);
        return 1;
    }
    return 0;
}"""

HUNG_UP: Final = """\
static int hung_up(void)
{
#ifdef EPIPE
    return errno == EPIPE;
#else
    return 0;
#endif
}"""

PRINT_NUMBER: Final = """\
/* In the fewest digits that give the number back. */
static void print_answer(const double *answer)
{
    char text[40];
    int digits = 15;
    do
        sprintf(text, "%.*g", digits, answer[0]);
    while (strtod(text, NULL) != answer[0] && digits++ < 17);
    puts(text);
}"""
