/* models/message.c - the pool of messages. Numbers stay valid when it grows; pointers do not. */
#include "models/inside.h"
#include "sim/mem.h"

#include <string.h>

uint32_t message_new(struct world *w)
{
    uint32_t m = w->free_message;
    if (m != NONE) {
        w->free_message = w->messages[m].next;
    } else {
        if (w->message_count == w->message_capacity) {
            w->message_capacity = w->message_capacity ? w->message_capacity * 2 : 256;
            w->messages = mem_resize(w->messages, w->message_capacity * sizeof *w->messages);
        }
        m = w->message_count++;
    }
    memset(&w->messages[m], 0, sizeof w->messages[m]);
    w->messages[m].fetch = w->messages[m].next = w->messages[m].previous = NONE;
    return m;
}

void message_free(struct world *w, uint32_t m)
{
    w->messages[m].state = MESSAGE_FREE;
    w->messages[m].next = w->free_message;
    w->free_message = m;
}

void messages_clear(struct world *w)
{
    w->message_count = 0;
    w->free_message = NONE;
    w->numbers = 0;
}
