/* omvstress.h: what tests that do everything at once have in common
 *
 * OMV_TEST_STRESS: how many times as long as usual. OMV_TEST_SLOW: shorter.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A number below @sides. */
guint omv_stress_roll (GRand * rand, guint sides);

/* How often to do what is done @usual times; @slow times if OMV_TEST_SLOW is
 * set. */
guint64 omv_stress_get_count (guint64 usual, guint64 slow);

G_END_DECLS
