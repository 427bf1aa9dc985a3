/* models/question.c - see models/question.h. */
#include "models/question.h"

const char *question_name(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / QUESTION_TYPES;
    if (i < spec->zone_count) return spec->zones[i].name;
    i -= spec->zone_count;
    return i < spec->mx_host_count ? spec->mx_hosts[i].host.name : spec->ns[i - spec->mx_host_count].host.name;
}

uint32_t question_home(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / QUESTION_TYPES;
    if (i < spec->zone_count) return i;
    i -= spec->zone_count;
    return i < spec->mx_host_count ? spec->mx_hosts[i].zone : spec->ns[i - spec->mx_host_count].zone;
}

uint32_t question_zone(const struct world_spec *spec, uint32_t question)
{
    const struct zone_spec *home = &spec->zones[question_home(spec, question)];
    return question_type(question) == QUESTION_NS ? home->parent : home->cut;
}

/* The MX host whose name it is; SPEC_NONE: it is a zone's or a name server's. */
static uint32_t host_of(const struct world_spec *spec, uint32_t question)
{
    uint32_t host = question / QUESTION_TYPES - spec->zone_count; /* a zone's: a huge number */
    return host < spec->mx_host_count ? host : SPEC_NONE;
}

uint32_t question_beyond(const struct world_spec *spec, uint32_t question)
{
    uint32_t host = host_of(spec, question), zone = question_zone(spec, question);
    if (host == SPEC_NONE || !spec->mx_hosts[host].is_alias) return SPEC_NONE;
    do {
        host = spec->mx_hosts[host].target;
        uint32_t next = question_of_host(spec, host, question_type(question));
        if (question_zone(spec, next) != zone) return next;
    } while (spec->mx_hosts[host].is_alias);
    return SPEC_NONE;
}

enum dns_status question_truth(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / QUESTION_TYPES;
    enum question_type type = question_type(question);
    bool exists = false;
    if (i < spec->zone_count) {
        const struct zone_spec *z = &spec->zones[i];
        if (type == QUESTION_MX) exists = z->mx_count > 0 || z->null_mx;
        if (type == QUESTION_A) exists = z->address != SPEC_NONE && spec->mx_hosts[z->address].addresses > 0;
        if (type == QUESTION_NS) exists = true;
    } else if (i < spec->zone_count + spec->mx_host_count) {
        /* An alias is an answer to whatever is asked; within its zone the host's address comes with it. */
        uint32_t host = mx_host_target(spec->mx_hosts, i - spec->zone_count);
        exists =
            question_beyond(spec, question) != SPEC_NONE || (type == QUESTION_A && spec->mx_hosts[host].addresses > 0);
    } else {
        exists = type == QUESTION_A;
    }
    return exists ? DNS_OK : DNS_NODATA;
}

const char *question_type_name(enum question_type type)
{
    static const char *const names[] = {"MX", "A", "AAAA", "NS"};
    return names[type];
}
