/* omv-element.c: the library's errors, said by an element
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-element.h"

#include <gio/gio.h>

#include "omv-format.h"

/* What the system has refused. */
static GstResourceError
get_resource_error (const GError * error)
{
  switch (error->code) {
    case G_IO_ERROR_NO_SPACE:
      return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    case G_IO_ERROR_NOT_FOUND:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case G_IO_ERROR_BUSY:
      return GST_RESOURCE_ERROR_BUSY;
    default:
      return GST_RESOURCE_ERROR_FAILED;
  }
}

static void
get_element_error (const GError * error, GQuark * ret_domain, gint * ret_code)
{
  static const GstStreamError codes[] = {
    [GST_OMV_ERROR_WRONG_TYPE] = GST_STREAM_ERROR_WRONG_TYPE,
    [GST_OMV_ERROR_UNSUPPORTED] = GST_STREAM_ERROR_FORMAT,
    [GST_OMV_ERROR_CORRUPT] = GST_STREAM_ERROR_DEMUX,
    [GST_OMV_ERROR_TRUNCATED] = GST_STREAM_ERROR_DEMUX,
    [GST_OMV_ERROR_INVALID_FRAME_SIZE] = GST_STREAM_ERROR_FORMAT,
    [GST_OMV_ERROR_INVALID_INTERVAL] = GST_STREAM_ERROR_MUX,
    [GST_OMV_ERROR_END_OF_STREAM] = GST_STREAM_ERROR_FAILED,
    [GST_OMV_ERROR_CLOSED] = GST_STREAM_ERROR_FAILED,
    [GST_OMV_ERROR_INVALID_OFFSET] = GST_STREAM_ERROR_FAILED,
    [GST_OMV_ERROR_OVERTAKEN] = GST_STREAM_ERROR_FAILED,
  };

  if (error->domain == G_IO_ERROR) {
    *ret_domain = GST_RESOURCE_ERROR;
    *ret_code = get_resource_error (error);
    return;
  }

  g_assert (error->domain == GST_OMV_ERROR
      && (guint) error->code < G_N_ELEMENTS (codes));
  *ret_domain = GST_STREAM_ERROR;
  *ret_code = codes[error->code];
}

/**
 * gst_omv_element_error:
 * @element: an element
 * @error: (inout) (transfer full): an error of the %GST_OMV_ERROR or the
 *   %G_IO_ERROR domain; freed and set to %NULL
 * @debug: a printf() format for the details, not translated
 * @...: its arguments
 *
 * Posts @error as an error message of @element, with the code that GStreamer
 * has for it.
 *
 * Since: 0.1
 */
void
gst_omv_element_error (GstElement * element, GError ** error,
    const gchar * debug, ...)
{
  GQuark domain;
  gint code;
  va_list args;
  gchar *details;

  get_element_error (*error, &domain, &code);
  va_start (args, debug);
  details = g_strdup_vprintf (debug, args);
  va_end (args);

  gst_element_message_full (element, GST_MESSAGE_ERROR, domain, code,
      g_strdup ((*error)->message), details, __FILE__, G_STRFUNC, __LINE__);
  g_clear_error (error);
}
