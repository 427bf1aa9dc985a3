/* models/soa_query.c - see models/soa_query.h. */
#include "models/soa_query.h"

#define CALM_LOSS     0.1 /* below it, repeats let every question come through */
#define ARP_TRIES     3
#define ARP_LAST_WAIT (100 * SIM_MS)

enum reply {
    REPLY_NONE,   /* nothing came back */
    REPLY_CLOSED, /* a closed port: RST or ICMP */
    REPLY_BAD,    /* an answer that does not help */
    REPLY_RETRY,  /* one that makes BIND ask again without EDNS */
    REPLY_GOOD
};

static sim_time trip(const struct soa_query *q)
{
    const struct law *delay = &q->host->delay;
    return delay->kind == LAW_CONSTANT ? delay->a : law_draw(delay, q->luck);
}

static bool lost(const struct soa_query *q, double primary, double own)
{
    double through = (1 - q->host->loss) * (1 - primary) * (1 - own);
    return through < 1 && rng_uniform(q->luck) >= through;
}

static bool cut(const struct fault_state *s)
{
    return s->kind == FAULT_SILENT || s->kind == FAULT_UNREACHABLE;
}

static enum reply reply_of(const struct fault_state *primary)
{
    switch (primary->kind) {
    case FAULT_NONE: return REPLY_GOOD;
    case FAULT_REFUSING: return REPLY_CLOSED;
    case FAULT_EMPTY:
    case FAULT_NXDOMAIN: /* of a share of the names: the zone's own is not among them */
        return primary->fault && primary->fault->share < 1 ? REPLY_GOOD : REPLY_BAD;
    case FAULT_SERVFAIL:
    case FAULT_NOTIMP:
    case FAULT_FORMERR: return REPLY_RETRY;
    default: return REPLY_BAD;
    }
}

/* What becomes of a packet that is sent to the primary, and when what it brings about is back. by_kernel: its name
 * server need not see it, as a SYN. */
static enum reply exchange(const struct soa_query *q, sim_time sent, bool by_kernel, sim_time *back)
{
    const struct fault_state *own = timeline_at(q->own, sent);
    sim_time there = sim_time_add(sent, trip(q));
    const struct fault_state *primary = timeline_at(q->primary, there);
    double in = 1 - (1 - primary->loss) * (1 - primary->overload);
    if (cut(own) || cut(primary) || lost(q, in, own->loss)) return REPLY_NONE;
    enum reply reply = reply_of(primary);
    sim_time worked = by_kernel || reply == REPLY_CLOSED ? there : sim_time_add(there, primary->delay);
    *back = sim_time_add(worked, trip(q));
    own = timeline_at(q->own, *back);
    if (cut(own) || lost(q, primary->loss, own->loss)) return REPLY_NONE;
    return by_kernel && reply != REPLY_CLOSED ? REPLY_GOOD : reply;
}

/* One round of tries from one socket, which takes a late answer as well. */
static enum reply udp_round(const struct soa_query *q, sim_time *now)
{
    const struct secondary_params *p = q->params;
    sim_time sent = *now, end = sim_time_add(sent, p->udp_tries * p->udp_timeout), first = SIM_NEVER;
    enum reply what = REPLY_NONE;
    for (uint32_t i = 0; i < p->udp_tries && sent < first; i++, sent += p->udp_timeout) {
        sim_time back;
        enum reply reply = exchange(q, sent, false, &back);
        if (reply == REPLY_NONE || back >= first) continue;
        first = back;
        what = reply;
    }
    if (first > end) {
        *now = end;
        return REPLY_NONE;
    }
    *now = first;
    return what;
}

/* A host that is off, on the same network: ARP asks three times, a second apart, and then gives up. */
static bool arp(const struct soa_query *q, sim_time *now)
{
    for (int i = 0; i < ARP_TRIES; i++, *now += SIM_SECOND)
        if (timeline_at(q->primary, *now)->kind != FAULT_UNREACHABLE) return true;
    *now += ARP_LAST_WAIT;
    return false;
}

/* TCP connect: lost SYNs are sent again after 1, 1, 1, 1, 1, 2, 4 ... s (Linux), until its patience or the kernel's
 * ends. */
static bool tcp_connect(const struct soa_query *q, sim_time *now)
{
    const struct secondary_params *p = q->params;
    sim_time deadline = sim_time_add(*now, p->connect_timeout), wait = SIM_SECOND;
    uint32_t repeats = p->tcp_syn_retries + p->tcp_syn_linear_timeouts;
    if (timeline_at(q->primary, *now)->kind == FAULT_UNREACHABLE && !arp(q, now)) return false;
    sim_time sent = *now;
    for (uint32_t i = 0; i <= repeats && sent < deadline; i++) {
        sim_time back;
        enum reply reply = exchange(q, sent, true, &back);
        if (reply != REPLY_NONE && back <= deadline) {
            *now = back;
            return reply == REPLY_GOOD;
        }
        if (i > p->tcp_syn_linear_timeouts) wait *= 2;
        sent = sim_time_add(sent, wait);
    }
    *now = sent < deadline ? sent : deadline;
    return false;
}

/* The question on the open connection: the kernel repeats what is lost. */
static bool tcp_ask(const struct soa_query *q, sim_time *now)
{
    sim_time deadline = sim_time_add(*now, q->params->reply_timeout), wait = SIM_SECOND;
    for (sim_time sent = *now; sent < deadline; sent = sim_time_add(sent, wait), wait *= 2) {
        sim_time back;
        enum reply reply = exchange(q, sent, false, &back);
        if (reply == REPLY_NONE) continue;
        if (back > deadline) break;
        *now = back;
        return reply == REPLY_GOOD;
    }
    *now = deadline;
    return false;
}

static void by_tcp(const struct soa_query *q, struct soa_answer *a)
{
    a->connected = tcp_connect(q, &a->at);
    a->connect_failed = !a->connected;
    a->good = a->connected && tcp_ask(q, &a->at);
}

struct soa_answer soa_query_ask(const struct soa_query *q, sim_time at, sim_time loaded_until, bool blocked)
{
    const struct secondary_params *p = q->params;
    struct soa_answer a = {.at = at};
    if (p->transport == SOA_BY_TCP) {
        by_tcp(q, &a);
        return a;
    }
    enum reply reply = REPLY_NONE;
    for (uint32_t round = 0; round < p->udp_rounds && (reply == REPLY_NONE || reply == REPLY_RETRY); round++)
        reply = udp_round(q, &a.at);
    if (reply == REPLY_GOOD && a.at < loaded_until) {
        a.good = true;
        return a;
    }
    bool wants_tcp = reply == REPLY_GOOD || (reply == REPLY_NONE && p->try_tcp);
    if (wants_tcp && !blocked) by_tcp(q, &a);
    return a;
}

bool soa_query_hears(const struct soa_query *q, sim_time sent, sim_time *there)
{
    *there = sim_time_add(sent, trip(q));
    const struct fault_state *primary = timeline_at(q->primary, sent), *own = timeline_at(q->own, *there);
    return !fault_is_down(primary) && !fault_is_down(own) && !lost(q, primary->loss, own->loss);
}

bool soa_query_calm(const struct soa_query *q, sim_time at)
{
    const struct secondary_params *p = q->params;
    const struct fault_state *primary = timeline_at(q->primary, at), *own = timeline_at(q->own, at);
    sim_time patience = p->transport == SOA_BY_UDP ? p->udp_timeout : p->reply_timeout;
    double through = (1 - q->host->loss) * (1 - primary->loss) * (1 - primary->overload) * (1 - own->loss);
    return primary->kind == FAULT_NONE && !fault_is_down(own) && primary->delay < patience / 2 &&
           through > 1 - CALM_LOSS;
}
