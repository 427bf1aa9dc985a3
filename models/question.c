/* models/question.c - see models/question.h. */
#include "models/question.h"

const char *question_name(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / 3;
    return i < spec->zone_count ? spec->zones[i].name : spec->mx_hosts[i - spec->zone_count].host.name;
}

uint32_t question_zone(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / 3;
    return i < spec->zone_count ? i : spec->mx_hosts[i - spec->zone_count].zone;
}

enum dns_status question_truth(const struct world_spec *spec, uint32_t question)
{
    uint32_t i = question / 3;
    bool exists = false;
    if (i < spec->zone_count) {
        const struct zone_spec *z = &spec->zones[i];
        if (question_type(question) == QUESTION_MX) exists = z->mx_count > 0 || z->null_mx;
        if (question_type(question) == QUESTION_A)
            exists = z->address != SPEC_NONE && spec->mx_hosts[z->address].addresses > 0;
    } else {
        exists = question_type(question) == QUESTION_A && spec->mx_hosts[i - spec->zone_count].addresses > 0;
    }
    return exists ? DNS_OK : DNS_NODATA;
}

const char *question_type_name(enum question_type type)
{
    static const char *const names[] = {"MX", "A", "AAAA"};
    return names[type];
}
