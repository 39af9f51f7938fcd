/* omv-bytes.h: integers in a file <-> integers, at any address and on any host
 *
 * Private to the bytes room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <string.h>

static inline guint16
omv_read_u16 (const guint8 * data)
{
  guint16 value;

  memcpy (&value, data, sizeof value);
  return GUINT16_FROM_LE (value);
}

static inline guint32
omv_read_u32 (const guint8 * data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
omv_read_u64 (const guint8 * data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return GUINT64_FROM_LE (value);
}

static inline guint16
omv_read_u16_be (const guint8 * data)
{
  guint16 value;

  memcpy (&value, data, sizeof value);
  return GUINT16_FROM_BE (value);
}

static inline guint32
omv_read_u32_be (const guint8 * data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return GUINT32_FROM_BE (value);
}

static inline void
omv_write_u16 (guint8 * data, guint16 value)
{
  value = GUINT16_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static inline void
omv_write_u32 (guint8 * data, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static inline void
omv_write_u64 (guint8 * data, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (data, &value, sizeof value);
}
