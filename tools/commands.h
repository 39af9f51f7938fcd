/* commands.h: the commands of omvstr, each in a file of its own
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

extern const OmvCommand omv_command_cat;
extern const OmvCommand omv_command_convert;
extern const OmvCommand omv_command_cut;
extern const OmvCommand omv_command_extract;
extern const OmvCommand omv_command_index;
extern const OmvCommand omv_command_info;
extern const OmvCommand omv_command_list;
extern const OmvCommand omv_command_play;
extern const OmvCommand omv_command_record;
extern const OmvCommand omv_command_repair;
extern const OmvCommand omv_command_sheet;
extern const OmvCommand omv_command_verify;

/* What `omvstr FILE` does: info, and how to play it. */
gint omv_info_introduce (OmvTool * tool, gchar ** arguments);

G_END_DECLS
