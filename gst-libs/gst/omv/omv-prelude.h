/* omv-prelude.h: what every header of the library needs first: the export macro
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#ifdef GST_OMV_COMPILATION
#define GST_OMV_API extern __attribute__ ((visibility ("default")))
#else
#define GST_OMV_API extern
#endif
