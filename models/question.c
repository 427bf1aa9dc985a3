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
        exists = type == QUESTION_A && spec->mx_hosts[i - spec->zone_count].addresses > 0;
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
