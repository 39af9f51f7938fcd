/* omv.h: the whole library
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-index.h>
#include <gst/omv/omv-picture.h>
#include <gst/omv/omv-sidecar.h>
#include <gst/omv/omv-timing.h>
#include <gst/omv/omv-walk.h>
#include <gst/omv/omv-rows.h>
#include <gst/omv/omv-decode.h>
#include <gst/omv/omv-frame.h>
#include <gst/omv/omv-part.h>
#include <gst/omv/omv-sidecar-file.h>
#include <gst/omv/omv-metadata.h>
#include <gst/omv/omv-lines.h>
#include <gst/omv/omv-notes.h>
#include <gst/omv/gstomvstore.h>
#include <gst/omv/gstomvreader.h>
#include <gst/omv/gstomvring.h>
#include <gst/omv/gstomvmemorystream.h>
#include <gst/omv/gstomvwriter.h>
#include <gst/omv/gstomvimageio.h>
#include <gst/omv/omv-tags.h>
#include <gst/omv/omv-video.h>
#include <gst/omv/omv-element.h>
