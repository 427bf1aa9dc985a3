/* tests/scenarios/test_suggest.c - "did you mean". */
#include "scenarios/suggest.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *const words[] = {"clients", "mtas", "resolvers", "zones", "name_servers", "mx_hosts", "faults"};
#define COUNT (sizeof words / sizeof *words)

Test(suggest, finds_what_was_meant)
{
    static const char *const rows[][2] = {
        {"client", "clients"},
        {"cleints", "clients"},
        {"Clients", "clients"},
        {"mta", "mtas"},
        {"MTAS", "mtas"},
        {"resolver", "resolvers"},
        {"nameservers", "name_servers"},
        {"mx-hosts", "mx_hosts"},
        {"name_serverss", "name_servers"},
        {"fualt", "faults"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *nearest = suggest_nearest(rows[i][0], words, COUNT);
        cr_assert_not_null(nearest, "nothing for %s", rows[i][0]);
        cr_assert_str_eq(nearest, rows[i][1], "%s for %s", nearest, rows[i][0]);
    }
}

Test(suggest, is_silent_when_nothing_is_near)
{
    static const char *const rows[] = {"", "x", "speed", "m", "completely different", "sevlosre"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_null(suggest_nearest(rows[i], words, COUNT), "something for %s", rows[i]);
    char huge[5000];
    memset(huge, 'z', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    cr_assert_null(suggest_nearest(huge, words, COUNT));
    cr_assert_null(suggest_nearest("zones", NULL, 0));
}

Test(suggest, a_swap_is_one_slip_and_ties_go_to_the_first)
{
    static const char *const hosts[] = {"mx1", "mx2", "xm3"};
    cr_assert_str_eq(suggest_nearest("mx9", hosts, 3), "mx1");
    cr_assert_str_eq(suggest_nearest("mx3", hosts + 2, 1), "xm3");
}

Test(suggest, says_how_to_go_on)
{
    static const char *const many[] = {"a1a", "b2b", "c3c", "d4d", "e5e", "f6f", "g7g",
                                       "h8h", "i9i", "j0j", "k1k", "l2l", "m3m", "n4n"};
    char buffer[256];
    cr_assert_str_eq(suggest_text("zone", words, COUNT, "", buffer, sizeof buffer), "did you mean \"zones\"?");
    cr_assert_str_eq(suggest_text("speed", words + 1, 1, "", buffer, sizeof buffer), "expected \"mtas\"");
    cr_assert_str_eq(suggest_text("speed", words + 1, 3, "", buffer, sizeof buffer),
                     "expected one of \"mtas\", \"resolvers\", \"zones\"");
    cr_assert_str_eq(suggest_text("speed", NULL, 0, "expected none", buffer, sizeof buffer), "expected none");
    suggest_text("speed", many, 14, "", buffer, sizeof buffer);
    cr_assert(strstr(buffer, "\"l2l\", ...") && !strstr(buffer, "m3m"), "%s", buffer);
    char small[24];
    cr_assert_lt(strlen(suggest_text("speed", many, 14, "", small, sizeof small)), sizeof small);
}
