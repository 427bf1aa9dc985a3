/* tests/truth/prog_loss.c - what each resolver makes of name servers that lose most questions: docs/loss.md.
 *
 * After Moura and others, "When the Dike Breaks: Dissecting DNS Defenses During DDoS", IMC 2018: two name servers, both
 * lose a share of what comes in; TTL 60 s; one question every ten minutes, so that no cache helps. */
#include "tests/truth/page.h"
#include "tests/truth/scene.h"

#define QUESTIONS 1000
#define ROWS(a)   (sizeof(a) / sizeof *(a))

static const struct {
    const char *profile, *title;
} resolvers[] = {{"'textbook'", "three tries of 5 s (textbook)"},
                 {"'unbound'", "Unbound"},
                 {"{'profile': 'unbound', 'discard-timeout': '0s'}", "Unbound without discard-timeout"},
                 {"'bind'", "BIND"},
                 {"'pdns'", "PowerDNS Recursor"},
                 {"'knot'", "Knot Resolver"}};
static const int losses[] = {50, 75, 90};

struct under_loss {
    double answered; /* share */
    double packets;  /* a question */
};

static struct under_loss look(const char *profile, int loss, const char *stub)
{
    struct under_loss u = {0, 0};
    struct scene s =
        scene_open("'time': {'mail': '%dm', 'limit': '%dm'}, 'network': {'delay': '10ms'}, "
                   "'clients': {'c': {'to': 'joe@example.test', 'every': '10m'}}, "
                   "'mtas': {'m': {'profile': 'classic', 'resolver': 'r'%s}}, 'resolvers': {'r': %s}, "
                   "'zones': {'example.test': {'ns': ['ns1', 'ns2'], 'ttl': '1m', 'negative_ttl': '1m', 'mx': '.'}}, "
                   "'faults': [{'on': ['ns1', 'ns2'], 'is': 'overloaded', 'drops': '%d%%'}]",
                   10 * QUESTIONS, 10 * QUESTIONS + 60, stub, profile, loss);
    world_observe(s.world, NULL, NULL);
    world_run(s.world, 1, 0, s.tally);
    u.answered = (double)s.tally->mtas[0].reasons[CAUSE_NULL_MX][0] / QUESTIONS;
    u.packets = (double)s.tally->counts[COL_PACKETS] / QUESTIONS;
    scene_close(&s);
    return u;
}

/* 27 % (24 to 30) */
static void put_share(FILE *to, double p)
{
    double error = 1.96 * sqrt(p * (1 - p) / QUESTIONS);
    fprintf(to, " %.0f %% (%.0f to %.0f) |", 100 * p, 100 * fmax(0, p - error), 100 * fmin(1, p + error));
}

static void put_table(FILE *to, const char *stub)
{
    fprintf(to, "\n| resolver | answered at 50 %% | 75 %% | 90 %% | packets at 50 %%, times usual | 75 %% | 90 %% "
                "|\n|---|---|---|---|---|---|---|\n");
    for (size_t r = 0; r < ROWS(resolvers); r++) {
        struct under_loss usual = look(resolvers[r].profile, 0, stub), u[ROWS(losses)];
        for (size_t i = 0; i < ROWS(losses); i++) u[i] = look(resolvers[r].profile, losses[i], stub);
        fprintf(to, "| %s |", resolvers[r].title);
        for (size_t i = 0; i < ROWS(losses); i++) put_share(to, u[i].answered);
        for (size_t i = 0; i < ROWS(losses); i++) fprintf(to, " %.1f |", u[i].packets / usual.packets);
        fprintf(to, "\n");
    }
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) abort();
    fprintf(
        to,
        "# Name servers that lose most questions\n\n"
        "Both name servers of a zone are flooded and lose a share of the questions on their way in. TTL 60 s, one "
        "question every ten\nminutes: no cache helps. Each line is one resolver with its default settings, %d "
        "questions, with 95 %% intervals; network of\n20 ms there and back. This page is written by "
        "`prog_loss_in_truth --update`, and a test says when it is out of date.\n\n"
        "How do we know? The first line is an exact law, 1 - p^3 answered by (1 - p^3) / (1 - p) packets (tests/laws "
        "holds it); the others\nfollow from the mechanisms of [resolvers.md](resolvers.md).\n\n"
        "## Asked once, and waited for 5 s\n",
        QUESTIONS);
    put_table(to, ", 'stub_timeout': '5s', 'stub_attempts': 1");
    fprintf(to, "\n## Asked as glibc does: twice, 5 s each\n");
    put_table(to, "");
    fprintf(
        to,
        "\n## Against what was measured\n\n"
        "Moura and others (IMC 2018, and their Internet-Draft draft-moura-dnsop-authoritative-recommendations) saw "
        "27 %% of some 15,000\nclients answered at 90 %% loss and TTL 60 s, and 8.1 times the usual packets at the "
        "servers. 27 %% is three independent tries, and\nthree tries make 2.7 times the packets: no single layer of "
        "the textbook gives both. What makes eight times of it is more tries\nthan the client waits for: a resolver "
        "goes on after its client has gone, asks for the addresses of the name servers beside the\nquestion, and "
        "the layers multiply (3 by 3 tries are 6.1 times the packets, tests/laws; but they answer 61 %%). A "
        "population of\nclients behind many kinds of resolvers, as in the study, is a mixture of these lines.\n\n"
        "Left out: chains of forwarders, anycast (some sites lose more than others), the limits that servers put "
        "on repeated questions.\n");
    fclose(to);
    int code = page_end(argc, argv, "loss.md", text);
    free(text);
    return code;
}
