/* omvchain.h: from the frames of any video to a recording
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "convert.h"

G_BEGIN_DECLS

/* Elements, each linked to the one before. Begin with the bin alone. What is
 * appended behind an error is nothing. */
typedef struct {
  GstBin *bin;
  GstElement *first, *last;
  GError *error;
} OmvChain;

/* NULL: it, or one before it, is missing. */
GstElement *omv_chain_append (OmvChain * chain, const gchar * factory);

/* Only @caps get through. Returns what sees to it. */
GstElement *omv_chain_append_filter (OmvChain * chain, const gchar * caps);

void omv_chain_append_jpeg (OmvChain * chain,
    const OmvConvertOptions * options);

/* What a source's colours are. */
typedef enum {
  OMV_COLOURS_RGB,
  OMV_COLOURS_YUV,
  OMV_COLOURS_GRAY
} OmvColours;

/* Of raw video. */
OmvColours omv_chain_get_colours (const GstStructure * structure);

/* What makes frames of @options->format, which is known by now.
 * @options: has to stay */
void omv_chain_append_conversion (OmvChain * chain,
    const OmvConvertOptions * options, OmvColours colours);

/* The end: @location. Returns the muxer. */
GstElement *omv_chain_append_recording (OmvChain * chain,
    const OmvConvertOptions * options, const gchar * location);

G_END_DECLS
