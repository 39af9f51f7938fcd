/* ring-turns.c: GstOmvRing, with its threads taking turns in every order
 *
 * The code of the ring is compiled into this test, with atomic operations that
 * first let another thread have its turn. The threads are coroutines, and the
 * test runs them again and again until each of them has gone first at each point
 * that can be reached. What has been there before is not followed further: the
 * same memory, and the same values read by each thread. In every state the
 * invariants at the head of gstomvring.c are looked at from outside.
 *
 * Turns are taken between operations that happen one after the other. That those
 * of a weaker memory are ordered enough is for the thread sanitizer to say, which
 * runs ring.c.
 *
 * OMV_TEST_SLOW: only those that are short.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>

/* ---- atomic operations that give way ---- */

static void give_way (void);
static void remember (guint64 value);

static guint64
load_64 (_Atomic guint64 * atomic)
{
  guint64 value;

  give_way ();
  value = atomic_load (atomic);
  remember (value);
  return value;
}

static guint32
load_32 (_Atomic guint32 * atomic)
{
  guint32 value;

  give_way ();
  value = atomic_load (atomic);
  remember (value);
  return value;
}

static void
store_64 (_Atomic guint64 * atomic, guint64 value)
{
  give_way ();
  atomic_store (atomic, value);
}

static void
store_32 (_Atomic guint32 * atomic, guint32 value)
{
  give_way ();
  atomic_store (atomic, value);
}

static guint64
add_64 (_Atomic guint64 * atomic, guint64 value)
{
  guint64 old;

  give_way ();
  old = atomic_fetch_add (atomic, value);
  remember (old);
  return old;
}

static gboolean
exchange_64 (_Atomic guint64 * atomic, guint64 * expected, guint64 desired)
{
  gboolean is_exchanged;

  give_way ();
  is_exchanged = atomic_compare_exchange_strong (atomic, expected, desired);
  remember (is_exchanged);
  remember (*expected);
  return is_exchanged;
}

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak_explicit
#define atomic_load_explicit(atomic, order) \
  _Generic ((atomic), _Atomic guint64 *: load_64, \
      _Atomic guint32 *: load_32) (atomic)
#define atomic_store_explicit(atomic, value, order) \
  _Generic ((atomic), _Atomic guint64 *: store_64, \
      _Atomic guint32 *: store_32) (atomic, value)
#define atomic_fetch_add_explicit(atomic, value, order) add_64 (atomic, value)
#define atomic_fetch_sub_explicit(atomic, value, order) \
  add_64 (atomic, -(guint64) (value))
#define atomic_compare_exchange_strong_explicit(atomic, expected, desired, \
    order, other_order) exchange_64 (atomic, expected, desired)
#define atomic_compare_exchange_weak_explicit(atomic, expected, desired, \
    order, other_order) exchange_64 (atomic, expected, desired)

#include "../../../gst-libs/gst/omv/gstomvring.c"
#include "../../../gst-libs/gst/omv/gstomvring-read.c"

/* ---- the threads ---- */

#define N_THREADS_MAX 3
#define NOBODY N_THREADS_MAX
/* So far from each other that valgrind takes them for stacks. */
#define STACK_SIZE (4 << 20)
#define N_TURNS_MAX 256

/* What a thread does. */
typedef void (*Part) (guint index);

typedef struct
{
  ucontext_t context;
  Part part;
  gboolean is_done;
  guint64 history;              /* a hash of what it has read */
} Thread;

static guint8 stacks[N_THREADS_MAX][STACK_SIZE];
static Thread threads[N_THREADS_MAX];
static guint n_threads;
static guint current = NOBODY;
static ucontext_t scheduler;

static GstOmvRing *ring;

static guint64
mix (guint64 hash, guint64 value)
{
  hash = (hash ^ value) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return hash ^ hash >> 29;
}

static void
remember (guint64 value)
{
  if (current == NOBODY)
    return;
  threads[current].history = mix (threads[current].history, value + 1);
}

/* The ring is made before there are threads. */
static void
give_way (void)
{
  if (current == NOBODY)
    return;
  remember (0);                 /* how far it is */
  g_assert_cmpint (swapcontext (&threads[current].context, &scheduler), ==, 0);
}

static void
run_part (void)
{
  threads[current].part (current);
  threads[current].is_done = TRUE;
}

static void
start_threads (const Part * parts)
{
  for (n_threads = 0; parts[n_threads] != NULL; n_threads++) {
    Thread *thread = &threads[n_threads];

    g_assert_cmpint (getcontext (&thread->context), ==, 0);
    thread->context.uc_stack.ss_sp = stacks[n_threads];
    thread->context.uc_stack.ss_size = STACK_SIZE;
    thread->context.uc_link = &scheduler;
    makecontext (&thread->context, run_part, 0);
    thread->part = parts[n_threads];
    thread->is_done = FALSE;
    thread->history = 0;
  }
}

/* ---- states ---- */

#define WORDS_PER_PAYLOAD 2
#define SLOT_SIZE (WORDS_PER_PAYLOAD * sizeof (guint64))

static guint64
hash_ring (guint64 hash)
{
  hash = mix (hash, atomic_load (&ring->next));
  hash = mix (hash, atomic_load (&ring->oldest));
  hash = mix (hash, atomic_load (&ring->n_refused));
  hash = mix (hash, ring->turn);
  hash = mix (hash, ring->begun);

  for (guint i = 0; i < ring->slots.n_slots; i++) {
    OmvRingSlot *slot = omv_ring_get_slot (ring, i);
    const guint64 *payload = (guint64 *) (void *)
        omv_ring_get_payload (ring, i);

    hash = mix (hash, atomic_load (&slot->word));
    hash = mix (hash, atomic_load (&slot->place));
    hash = mix (hash, slot->time);
    for (guint j = 0; j < WORDS_PER_PAYLOAD; j++)
      hash = mix (hash, payload[j]);
  }

  return hash;
}

static guint64
hash_state (void)
{
  guint64 hash = hash_ring (0);

  for (guint i = 0; i < n_threads; i++)
    hash = mix (mix (hash, threads[i].history), threads[i].is_done);

  return hash;
}

/* R2, R3, R7 and R9: all frames from the oldest to the newest are there, and the
 * table says where. */
static void
check_state (void)
{
  guint64 next = atomic_load (&ring->next);
  guint64 oldest = atomic_load (&ring->oldest);

  g_assert_cmpuint (oldest, <=, next);
  g_assert_cmpuint (next - oldest, <=, ring->slots.n_slots);

  for (guint64 i = oldest; i < next; i++) {
    guint place = atomic_load (&omv_ring_get_entry (ring, i)->place);
    OmvRingSlot *slot = omv_ring_get_slot (ring, place);

    g_assert_cmpuint (atomic_load (&slot->word) >> OMV_RING_PIN_BITS, ==,
        i + 1);
    g_assert_cmpuint (slot->time, ==, i * 10);
  }
}

/* ---- every order ---- */

typedef struct
{
  /* of the run that is going on: who had each turn */
  guint turns[N_TURNS_MAX];
  guint n_turns;
  guint n_given;                /* how many of them are given */

  GHashTable *seen;             /* hashes of states */
  guint n_runs;
} Search;

/* The thread from @index on that is not done, or NOBODY. */
static guint
find_thread (guint index)
{
  while (index < n_threads && threads[index].is_done)
    index++;
  return index < n_threads ? index : NOBODY;
}

/* FALSE: a state that has been there before, or the end. */
static gboolean
take_turn (Search * search)
{
  guint turn = search->n_turns;
  guint64 *hash;

  check_state ();
  g_assert_cmpuint (turn, <, N_TURNS_MAX);

  if (turn >= search->n_given) {
    hash = g_new (guint64, 1);
    *hash = hash_state ();
    if (!g_hash_table_add (search->seen, hash))
      return FALSE;
    search->turns[turn] = find_thread (0);
    if (search->turns[turn] == NOBODY)
      return FALSE;
  }

  current = search->turns[turn];
  search->n_turns++;
  g_assert_cmpint (swapcontext (&scheduler, &threads[current].context), ==, 0);
  current = NOBODY;
  return TRUE;
}

/* Goes back to the last point at which another thread can have the turn. Whether
 * that one is done by then is found out by the run. */
static gboolean
go_back (Search * search)
{
  while (search->n_turns > 0) {
    guint *last = &search->turns[search->n_turns - 1];

    if (*last + 1 < n_threads) {
      (*last)++;
      search->n_given = search->n_turns;
      return TRUE;
    }
    search->n_turns--;
  }

  return FALSE;
}

/* Whether a thread that is done would have the next turn. */
static gboolean
is_impossible (const Search * search)
{
  return search->n_turns < search->n_given
      && threads[search->turns[search->n_turns]].is_done;
}

static void
run_once (Search * search, const Part * parts, guint n_slots)
{
  ring = gst_omv_ring_new (n_slots, SLOT_SIZE, NULL);
  start_threads (parts);
  search->n_turns = 0;
  while (!is_impossible (search) && take_turn (search));
  if (is_impossible (search))
    search->n_turns++;
  g_clear_object (&ring);
}

static void
try_every_order (const Part * parts, guint n_slots)
{
  Search search = {.n_given = 0 };

  search.seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
      NULL);
  do {
    run_once (&search, parts, n_slots);
    search.n_runs++;
  } while (go_back (&search));

  g_test_message ("%u states in %u runs", g_hash_table_size (search.seen),
      search.n_runs);
  /* else nothing took turns */
  g_assert_cmpuint (g_hash_table_size (search.seen), >, 100);
  g_hash_table_unref (search.seen);
}

/* ---- parts ---- */

/* Writes the frame with the next number, in two steps. R8: says so if not. */
static gboolean
write_frame (void)
{
  guint64 n_refused = gst_omv_ring_get_n_refused (ring);
  const GstOmvFrameHeader header = {.payload_size = SLOT_SIZE };
  guint64 sequence = gst_omv_ring_get_newest (ring) + 1;
  guint64 *payload = (guint64 *) (void *) gst_omv_ring_begin (ring, SLOT_SIZE);

  g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==,
      n_refused + (payload == NULL ? 1 : 0));
  if (payload == NULL)
    return FALSE;

  for (guint i = 0; i < WORDS_PER_PAYLOAD; i++) {
    give_way ();
    payload[i] = ~sequence;
  }
  g_assert_cmpuint (gst_omv_ring_commit (ring, &header, sequence * 10,
          sequence), ==, sequence);
  return TRUE;
}

/* R5: leaves one out half-way. */
static void
abandon_frame (void)
{
  guint64 *payload = (guint64 *) (void *) gst_omv_ring_begin (ring, SLOT_SIZE);

  if (payload == NULL)
    return;

  give_way ();
  payload[0] = 0;
  gst_omv_ring_abandon (ring);
}

/* R4: it is the same as long as it is held. */
static void
look_at_frame (const GstOmvRingPin * pin)
{
  const guint64 *payload = (const guint64 *) (const void *) pin->payload;

  g_assert_cmpuint (pin->tag, ==, pin->sequence);
  g_assert_cmpuint (pin->time, ==, pin->sequence * 10);
  for (guint i = 0; i < WORDS_PER_PAYLOAD; i++) {
    give_way ();
    g_assert_cmpuint (payload[i], ==, ~pin->sequence);
  }
}

/* Where to go on after @sequence. */
static guint64
read_frame (guint64 sequence)
{
  guint64 oldest;
  GstOmvRingPin pin;

  switch (gst_omv_ring_pin (ring, sequence, &pin)) {
    case GST_OMV_RING_PINNED:
      look_at_frame (&pin);
      gst_omv_ring_unpin (ring, &pin);
      return sequence + 1;
    case GST_OMV_RING_OVERTAKEN:
      oldest = gst_omv_ring_get_oldest (ring);
      g_assert_cmpuint (oldest, >, sequence);   /* R7 */
      return oldest;
    default:
      return sequence;
  }
}

static void
write_four (guint index)
{
  for (guint i = 0; i < 4; i++)
    (void) write_frame ();
}

/* R8: while fewer frames are pinned than there are slots, each finds one. */
static void
write_all_of_four (guint index)
{
  for (guint i = 0; i < 4; i++)
    g_assert_true (write_frame ());
}

static void
write_and_abandon (guint index)
{
  (void) write_frame ();
  abandon_frame ();
  (void) write_frame ();
  (void) write_frame ();
}

static void
write_three (guint index)
{
  for (guint i = 0; i < 3; i++)
    (void) write_frame ();
}

/* Follows the writer, and is overtaken. */
static void
chase (guint index)
{
  guint64 sequence = 0;

  for (guint i = 0; i < 4 && sequence != GST_OMV_SEQUENCE_NONE; i++)
    sequence = read_frame (sequence);
}

static void
read_first (guint index)
{
  (void) read_frame (0);
}

static void
read_second (guint index)
{
  (void) read_frame (1);
}

/* Holds two at a time, so that a small ring may have no slot left. */
static void
hold_two (guint index)
{
  gboolean has_first, has_second;
  GstOmvRingPin first, second;

  has_first = gst_omv_ring_pin (ring, 0, &first) == GST_OMV_RING_PINNED;
  has_second = gst_omv_ring_pin (ring, 1, &second) == GST_OMV_RING_PINNED;
  if (has_first) {
    look_at_frame (&first);
    gst_omv_ring_unpin (ring, &first);
  }
  if (has_second) {
    look_at_frame (&second);
    gst_omv_ring_unpin (ring, &second);
  }
}

/* The newest at 15 is frame 1, or what there was of those before it. */
static void
find (guint index)
{
  guint64 newest = gst_omv_ring_get_newest (ring);
  guint64 sequence;

  if (gst_omv_ring_find_time (ring, 15, &sequence)) {
    g_assert_cmpuint (sequence, <=, 1);
    if (newest != GST_OMV_SEQUENCE_NONE)
      g_assert_cmpuint (sequence, >=, MIN (newest, 1));
  } else if (newest != GST_OMV_SEQUENCE_NONE) {
    /* those that were there have been overtaken */
    g_assert_cmpuint (gst_omv_ring_get_oldest (ring), >, MIN (newest, 1));
  }
}

/* ---- the tests ---- */

static void
test_chase (void)
{
  const Part parts[] = { write_four, chase, NULL };

  try_every_order (parts, 2);
  try_every_order (parts, 3);
}

static void
test_one_pin (void)
{
  const Part first[] = { write_all_of_four, read_first, NULL };
  const Part second[] = { write_all_of_four, read_second, NULL };

  try_every_order (first, 2);
  try_every_order (second, 2);
}

static void
test_two_readers (void)
{
  const Part parts[] = { write_three, read_first, read_second, NULL };

  try_every_order (parts, 2);
}

static void
test_same_frame (void)
{
  const Part parts[] = { write_three, read_first, read_first, NULL };

  try_every_order (parts, 2);
}

static void
test_abandon (void)
{
  const Part parts[] = { write_and_abandon, chase, NULL };

  try_every_order (parts, 2);
}

static void
test_all_pinned (void)
{
  const Part parts[] = { write_three, hold_two, NULL };

  try_every_order (parts, 2);
}

static void
test_find (void)
{
  const Part parts[] = { write_four, find, NULL };

  try_every_order (parts, 2);
  try_every_order (parts, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-turns/one-pin", test_one_pin);
  g_test_add_func ("/ring-turns/two-readers", test_two_readers);
  g_test_add_func ("/ring-turns/all-pinned", test_all_pinned);
  if (g_getenv ("OMV_TEST_SLOW") == NULL) {
    g_test_add_func ("/ring-turns/chase", test_chase);
    g_test_add_func ("/ring-turns/same-frame", test_same_frame);
    g_test_add_func ("/ring-turns/abandon", test_abandon);
    g_test_add_func ("/ring-turns/find", test_find);
  }

  return g_test_run ();
}
