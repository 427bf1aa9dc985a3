/* scenarios/value.c - see scenarios/value.h. */
#include "scenarios/value.h"

#include <stddef.h>
#include <string.h>

#define DIGITS_MAX 15 /* of a decimal number: then the division below is exact to the last bit */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct unit {
    const char *name;
    sim_time size;
};

static const struct unit units[] = {
    {"ns", SIM_NS},    {"us", SIM_US},  {"ms", SIM_MS}, {"s", SIM_SECOND},
    {"m", SIM_MINUTE}, {"h", SIM_HOUR}, {"d", SIM_DAY}, {"w", SIM_WEEK},
};

static sim_time unit_size(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == length && memcmp(units[i].name, name, length) == 0) return units[i].size;
    return 0;
}

/* The fraction .digits of unit, exactly. From the last digit on: each step divides by ten, and a remainder at any
 * step means that the whole is finer than a nanosecond. */
static const char *fraction_of(const char *digits, size_t count, sim_time unit, sim_time *span)
{
    sim_time sum = 0;
    while (count > 0 && digits[count - 1] == '0') count--;
    while (count > 0) {
        sim_time scaled = (digits[--count] - '0') * unit + sum;
        if (scaled % 10 != 0) return "is finer than a nanosecond";
        sum = scaled / 10;
    }
    *span = sum;
    return NULL;
}

/* One number with its unit at *text; moves *text past it. */
static const char *duration_part(const char **text, sim_time *span, sim_time *unit)
{
    const char *p = *text, *fraction = "";
    sim_time whole = 0, part = 0;
    size_t fraction_count = 0;
    bool too_long = false;
    if (!is_digit(*p)) return "is not a duration";
    for (; is_digit(*p); p++) {
        if (whole > (INT64_MAX - 9) / 10)
            too_long = true;
        else
            whole = whole * 10 + (*p - '0');
    }
    if (*p == '.') {
        fraction = ++p;
        while (is_digit(*p)) p++;
        fraction_count = (size_t)(p - fraction);
        if (fraction_count == 0) return "is not a duration";
    }
    const char *name = p;
    while (is_letter(*p)) p++;
    if (p == name) return *p ? "is not a duration" : "has no unit";
    *unit = unit_size(name, (size_t)(p - name));
    if (*unit == 0) return "has an unknown unit";
    const char *wrong = fraction_of(fraction, fraction_count, *unit, &part);
    if (wrong) return wrong;
    too_long = too_long || whole > SIM_LONGEST / *unit;
    *span = too_long ? SIM_LONGEST + 1 : whole * *unit + part;
    *text = p;
    return NULL;
}

const char *value_duration(const char *text, sim_time *span)
{
    sim_time sum = 0, last_unit = SIM_NEVER;
    if (text[0] == '-') return is_digit(text[1]) ? "is negative" : "is not a duration";
    if (!text[0]) return "is empty";
    while (*text) {
        sim_time part, unit;
        const char *wrong = duration_part(&text, &part, &unit);
        if (wrong) return wrong;
        if (unit >= last_unit) return "has its units out of order";
        last_unit = unit;
        sum += part;
        if (sum > SIM_LONGEST) return "is longer than 100 years";
    }
    *span = sum;
    return NULL;
}

/* A plain decimal number at *text: no sign, no exponent. Moves *text past it. */
static const char *decimal(const char **text, double *number)
{
    const char *p = *text;
    int64_t digits = 0, scale = 1;
    int count = 0;
    bool point = false;
    for (; is_digit(*p) || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            if (p == *text || !is_digit(p[1])) return "is not a number";
            continue;
        }
        if (++count > DIGITS_MAX) return "has too many digits";
        digits = digits * 10 + (*p - '0');
        if (point) scale *= 10;
    }
    if (count == 0) return "is not a number";
    *number = (double)digits / (double)scale;
    *text = p;
    return NULL;
}

const char *value_number(const char *text, double *number)
{
    double x;
    if (text[0] == '-') return "is negative";
    const char *wrong = decimal(&text, &x);
    if (wrong) return wrong;
    if (*text) return "is not a number";
    *number = x;
    return NULL;
}

const char *value_rate(const char *text, double *per_second)
{
    double number;
    if (text[0] == '-') return "is negative";
    const char *wrong = decimal(&text, &number);
    if (wrong) return strcmp(wrong, "is not a number") == 0 ? "is not a rate" : wrong;
    if (!*text) return "has no unit";
    if (*text != '/') return "is not a rate";
    text++;
    if (strlen(text) != 1 || !strchr("smhdw", *text)) return "has an unknown unit";
    if (!(number > 0)) return "is zero";
    *per_second = number / sim_time_seconds(unit_size(text, 1));
    return NULL;
}

const char *value_quota(const char *text, uint32_t *count, sim_time *per)
{
    uint64_t number = 0;
    if (*text < '0' || *text > '9') return "is not a whole number per time";
    for (; *text >= '0' && *text <= '9'; text++)
        if ((number = number * 10 + (uint64_t)(*text - '0')) > 1000000000) return "is too many";
    if (*text++ != '/') return "is not a whole number per time";
    if (strlen(text) != 1 || !strchr("smhdw", *text)) return "has an unknown unit";
    if (number == 0) return "is zero";
    *count = (uint32_t)number;
    *per = unit_size(text, 1);
    return NULL;
}

const char *value_percent(const char *text, double *share)
{
    double number;
    if (text[0] == '-') return "is negative";
    const char *wrong = decimal(&text, &number);
    if (wrong) return strcmp(wrong, "is not a number") == 0 ? "is not a share" : wrong;
    if (!*text) return "is a number in quotes";
    if (strcmp(text, "%") != 0) return "is not a share";
    if (number > 100) return "is more than 100%";
    *share = number / 100;
    return NULL;
}

const char *value_domain(const char *text)
{
    size_t label = 0, i = 0;
    if (!text[0]) return "is empty";
    for (; text[i]; i++) {
        char c = text[i];
        if (i == 253) return "is longer than 253 bytes";
        if (c == '.') {
            if (label == 0) return "has an empty label";
            if (!text[i + 1]) return "ends with a dot";
            label = 0;
            continue;
        }
        if ((unsigned char)c >= 0x80) return "is not ASCII (write xn--...)";
        if (c >= 'A' && c <= 'Z') return "is not in lower case";
        if (!is_digit(c) && !is_letter(c) && c != '-' && c != '_') return "has a character that no domain name has";
        if (++label == 64) return "has a label longer than 63 bytes";
    }
    return NULL;
}

/* The dot-string of RFC 5321 section 4.1.2. */
static const char *local_part(const char *text, size_t size)
{
    if (size == 0) return "has nothing before the @";
    if (size > 64) return "has more than 64 bytes before the @";
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool dot_out_of_place = c == '.' && (i == 0 || i + 1 == size || text[i + 1] == '.');
        if (dot_out_of_place) return "has a dot in the wrong place";
        if (c != '.' && !is_digit(c) && !is_letter(c) && !strchr("!#$%&'*+-/=?^_`{|}~", c))
            return "has a character that no address has";
    }
    return NULL;
}

const char *value_address(const char *text, int *at)
{
    const char *sign = strrchr(text, '@');
    if (!text[0]) return "is empty";
    if (!sign) return "has no @";
    if (strlen(sign + 1) > 253) return "has a domain longer than 253 bytes";
    const char *wrong = local_part(text, (size_t)(sign - text));
    if (wrong) return wrong;
    char domain[254];
    size_t i = 0;
    for (; sign[i + 1]; i++) {
        char c = sign[i + 1];
        domain[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    domain[i] = '\0';
    *at = (int)(sign - text);
    wrong = value_domain(domain);
    if (wrong && strcmp(wrong, "is empty") == 0) return "has nothing after the @";
    return wrong;
}

bool text_is_plain(const char *text, bool lines)
{
    const unsigned char *p = (const unsigned char *)text;
    for (; *p; p++) {
        if (*p == 0x7f || (*p < 0x20 && !(lines && (*p == '\n' || *p == '\t')))) return false;
        if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) return false;                  /* U+0080 .. U+009F */
        if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) return false; /* U+202A .. U+202E */
        if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) return false; /* U+2066 .. U+2069 */
    }
    return true;
}

const char *value_name(const char *text)
{
    size_t n = strlen(text);
    if (n == 0) return "is empty";
    if (n > 100) return "is longer than 100 bytes";
    if (text[0] == ' ' || text[n - 1] == ' ') return "begins or ends with a blank";
    return text_is_plain(text, false) ? NULL : "has a control character";
}
