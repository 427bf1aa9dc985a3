/* models/message.c - the pool of messages, and messages in a row. */
#include "models/inside.h"

uint32_t message_new(struct world *w)
{
    uint32_t m = pool_take(&w->message_pool);
    w->messages = w->message_pool.items;
    w->messages[m].fetch = w->messages[m].next = w->messages[m].previous = NONE;
    w->messages[m].runner = w->messages[m].kept = w->messages[m].failures = NONE;
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

void message_list_add(struct world *w, struct message_list *list, uint32_t m)
{
    w->messages[m].next = NONE;
    w->messages[m].previous = list->last;
    if (list->last == NONE)
        list->first = m;
    else
        w->messages[list->last].next = m;
    list->last = m;
}

void message_list_put_first(struct world *w, struct message_list *list, uint32_t m)
{
    w->messages[m].previous = NONE;
    w->messages[m].next = list->first;
    if (list->first == NONE)
        list->last = m;
    else
        w->messages[list->first].previous = m;
    list->first = m;
}

void message_list_take(struct world *w, struct message_list *list, uint32_t m)
{
    struct message *msg = &w->messages[m];
    if (msg->previous == NONE)
        list->first = msg->next;
    else
        w->messages[msg->previous].next = msg->next;
    if (msg->next == NONE)
        list->last = msg->previous;
    else
        w->messages[msg->next].previous = msg->previous;
    msg->next = msg->previous = NONE;
}
