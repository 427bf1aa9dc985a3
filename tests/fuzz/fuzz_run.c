/* tests/fuzz/fuzz_run.c - whatever the bytes: a world that loads runs, a while, without a broken promise.
 *
 * A world of much mail is left out, and a run is stopped after some thousand events: what is looked for is a state that
 * no test has thought of, not a long one. */
#include "models/world.h"
#include "scenarios/load.h"

#define MESSAGES_MAX 2000
#define EVENTS_MAX   5000

static void run(const struct world_spec *spec)
{
    struct world *world = world_new(spec);
    struct tally *tally = tally_new(spec);
    bool more = true;
    world_start(world, 2385, 8532, tally);
    for (int i = 0; more && i < EVENTS_MAX; i++) more = world_step(world);
    /* Each message is where it should be: world_finish counts. */
    if (!more) world_finish(world);
    tally_free(tally);
    world_free(world);
}

/* libFuzzer calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_errors errors;
    struct loaded *loaded = scenario_load((const char *)data, size, &errors);
    if (loaded && spec_expected_messages(loaded_spec(loaded)) <= MESSAGES_MAX) run(loaded_spec(loaded));
    loaded_free(loaded);
    load_errors_free(&errors);
    return 0;
}
