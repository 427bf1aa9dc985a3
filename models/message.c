/* models/message.c - the pool of messages. */
#include "models/inside.h"

uint32_t message_new(struct world *w)
{
    uint32_t m = pool_take(&w->message_pool);
    w->messages = w->message_pool.items;
    w->messages[m].fetch = w->messages[m].next = w->messages[m].previous = NONE;
    return m;
}

void message_free(struct world *w, uint32_t m)
{
    w->messages[m].state = MESSAGE_FREE;
    pool_give(&w->message_pool, m);
}

void messages_clear(struct world *w)
{
    pool_clear(&w->message_pool);
    w->numbers = 0;
}
