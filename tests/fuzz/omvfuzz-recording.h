/* omvfuzz-recording.h: a good recording that hostile companions meet
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-sidecar.h>

#include "omvfuzz.h"

G_BEGIN_DECLS

GBytes *omv_fuzz_recording (void);
GByteArray *omv_fuzz_make_sidecar (OmvFuzzTape * tape,
    const GstOmvWalk * start, const guint8 * data, gsize size);

G_END_DECLS
