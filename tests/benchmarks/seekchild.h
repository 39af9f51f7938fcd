/* seekchild.h: what opening, seeking and walking over headers takes
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "benchchild.h"

G_BEGIN_DECLS

/* Of the result, the number of seeks. */
#define SEEK_N_SEEKS 1000

/* Where a frame to be found holds its number: in a comment, right behind the
 * start of the JPEG picture. */
#define SEEK_NUMBER_AT 6

gboolean seek_measure (const BenchChildOptions *options, GError **error);

G_END_DECLS
