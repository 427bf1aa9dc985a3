/* scenarios/clients.c - clients: who sends how much to whom. */
#include "scenarios/loader.h"
#include "scenarios/suggest.h"
#include "scenarios/value.h"

#include <string.h>

#define RECIPIENTS_MAX 100000
#define WEIGHT_MAX     1000000000

/* Splits an address into the local part (in the arena) and its zone; SPEC_NONE if that is not one of ours. */
static bool read_address(struct reader *r, const cJSON *node, const char *text, const char **local, uint32_t *zone)
{
    char shown[QUOTED_MAX];
    int at = 0;
    const char *wrong = value_address(text, &at);
    if (wrong) {
        reader_error(r, node, "%s %s, expected an address such as \"joe@example.com\"", quoted(text, shown), wrong);
        return false;
    }
    char *copy = arena_text(r->arena, text);
    copy[at] = '\0';
    for (char *p = copy + at + 1; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
    *local = copy;
    *zone = names_find(&loader_of(r)->zones, copy + at + 1);
    return true;
}

static void read_weight(struct reader *r, const cJSON *node, void *weight)
{
    reader_number(r, node, 1e-9, WEIGHT_MAX, weight);
}

static void read_recipient(struct reader *r, const cJSON *node, const char *text, struct recipient_spec *recipient)
{
    char shown[QUOTED_MAX], suggestion[512];
    struct loader *l = loader_of(r);
    if (!read_address(r, node, text, &recipient->local_part, &recipient->zone) || recipient->zone != SPEC_NONE) return;
    const char *domain = recipient->local_part + strlen(recipient->local_part) + 1;
    if (!l->zones_in_doubt && error_list_has_room(r->errors))
        reader_error(r, node, "no zone is called %s, %s", quoted(domain, shown),
                     suggest_text(domain, loader_words(l, &l->zones), l->zones.count, "expected one in \"zones\"",
                                  suggestion, sizeof suggestion));
}

static const struct key recipient_keys[] = {
    {"weight", KEY_OWN, offsetof(struct recipient_spec, weight), 0, 0, read_weight, NULL},
    {"mailboxes", KEY_COUNT, offsetof(struct recipient_spec, mailboxes), 1, SPEC_MESSAGES_MAX, NULL, NULL},
};

static void read_to(struct reader *r, const cJSON *node, void *into)
{
    static const char expected[] =
        "an address, an array of addresses, or addresses with weights {\"joe@example.com\": 2} or "
        "{\"list@example.com\": {\"mailboxes\": 1000}}";
    struct client_spec *client = into;
    bool many = cJSON_IsArray(node) || cJSON_IsObject(node);
    uint32_t count = many ? reader_size(node) : (uint32_t)cJSON_IsString(node), i = 0;
    if (count == 0) {
        reader_wrong_type(r, node, expected);
        return;
    }
    if (count > RECIPIENTS_MAX) {
        reader_error(r, node, "%u recipients, expected at most %d", count, RECIPIENTS_MAX);
        return;
    }
    struct recipient_spec *to = arena_zero(r->arena, count, sizeof *to);
    for (const cJSON *child = many ? node->child : node; i < count; child = child->next, i++) {
        to[i].weight = to[i].mailboxes = 1;
        if (cJSON_IsObject(node)) {
            if (cJSON_IsObject(child))
                reader_object(r, child, recipient_keys, READER_COUNT(recipient_keys), &to[i]);
            else
                read_weight(r, child, &to[i].weight);
            read_recipient(r, child, child->string, &to[i]);
        } else if (cJSON_IsString(child)) {
            read_recipient(r, child, child->valuestring, &to[i]);
        } else {
            reader_wrong_type(r, child, "an address such as \"joe@example.com\"");
        }
    }
    client->to = to;
    client->to_count = count;
}

static void read_from(struct reader *r, const cJSON *node, void *into)
{
    struct client_spec *client = into;
    const char *local;
    if (!cJSON_IsString(node))
        reader_wrong_type(r, node, "an address such as \"alice@example.net\"");
    else if (read_address(r, node, node->valuestring, &local, &client->from_zone))
        client->from = arena_text(r->arena, node->valuestring);
}

static void read_rate(struct reader *r, const cJSON *node, void *rate)
{
    char text[QUOTED_MAX];
    if (!cJSON_IsString(node)) {
        reader_wrong_type(r, node, "a rate such as \"60/h\"");
        return;
    }
    const char *wrong = value_rate(node->valuestring, rate);
    if (!wrong) return;
    reader_error(r, node, "%s %s, expected %s", quoted(node->valuestring, text), wrong,
                 strstr(wrong, "unit") ? "one of /s /m /h /d /w, as in \"60/h\""
                                       : "a rate above zero such as \"60/h\"");
}

static void read_via(struct reader *r, const cJSON *node, void *into)
{
    struct loader *l = loader_of(r);
    char text[QUOTED_MAX];
    uint32_t host = cJSON_IsString(node) ? names_find(&l->mx_hosts, node->valuestring) : SPEC_NONE;
    if (host != SPEC_NONE && names_find(&l->mtas, node->valuestring) == SPEC_NONE)
        reader_error(r, node, "%s is an MX host, expected one of \"mtas\"", quoted(node->valuestring, text));
    else
        *(uint32_t *)into = loader_reference(l, node, &l->mtas, "sending MTA", "mtas");
}

static const struct key client_keys[] = {
    {"via", KEY_OWN, offsetof(struct client_spec, via), 0, 0, read_via, NULL},
    {"from", KEY_OWN, 0, 0, 0, read_from, NULL},
    {"to", KEY_OWN, 0, 0, 0, read_to, "\"joe@example.com\""},
    {"rate", KEY_OWN, offsetof(struct client_spec, rate), 0, 0, read_rate, NULL},
    {"every", KEY_DURATION, offsetof(struct client_spec, every), SIM_US, SIM_LONGEST, NULL, NULL},
    {"count", KEY_COUNT, offsetof(struct client_spec, count), 1, SPEC_MESSAGES_MAX, NULL, NULL},
    {"at", KEY_DURATION, offsetof(struct client_spec, at), 0, SIM_LONGEST, NULL, NULL},
    {"senders", KEY_COUNT, offsetof(struct client_spec, senders), 1, SPEC_MESSAGES_MAX, NULL, NULL},
    {"unknown_users", KEY_SHARE, offsetof(struct client_spec, unknown_users), 0, 0, NULL, NULL},
    {"outbox_retry", KEY_DURATION, offsetof(struct client_spec, outbox_retry), SIM_SECOND, SIM_LONGEST, NULL, NULL},
};

/* Exactly one way of sending, and at only where it means something. */
static void check_ways(struct loader *l, const cJSON *node, const struct client_spec *client)
{
    const cJSON *at = reader_child(node, "at"), *rate = reader_child(node, "rate");
    int ways = (rate != NULL) + (reader_child(node, "every") != NULL) + (reader_child(node, "count") != NULL);
    char limit[32];
    if (ways != 1)
        reader_error(&l->reader, node, "%s, expected one of \"rate\", \"every\", \"count\"",
                     ways ? "more than one way of sending" : "nothing says how much is sent");
    if (at && rate && ways == 1)
        reader_error_at_key(&l->reader, at, "\"at\" beside \"rate\", expected it beside \"every\" or \"count\"");
    else if (at && client->at >= l->world->mail)
        reader_error(&l->reader, at, "not before the end of sending, expected less than time.mail, %s",
                     sim_time_text(l->world->mail, limit));
}

void loader_read_clients(struct loader *l)
{
    for (uint32_t i = 0; i < l->clients.count; i++) {
        struct client_spec *client = &l->client[i];
        const cJSON *node = l->clients.items[i].node;
        *client = (struct client_spec){.name = arena_text(l->reader.arena, l->clients.items[i].text),
                                       .from = "user@client.example",
                                       .from_zone = SPEC_NONE,
                                       .senders = 1,
                                       .outbox_retry = 5 * SIM_MINUTE};
        if (!reader_object(&l->reader, node, client_keys, READER_COUNT(client_keys), client)) continue;
        if (l->mtas.count > 1 && !reader_child(node, "via"))
            reader_error(&l->reader, node,
                         "the key \"via\" is missing and there is more than one MTA, expected \"via\": \"%s\"",
                         l->mta[0].name);
        check_ways(l, node, client);
    }
}
