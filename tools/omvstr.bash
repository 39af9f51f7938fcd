# omvstr.bash: completes the command line of omvstr in bash
#
# SPDX-License-Identifier: LGPL-2.1-or-later

_omvstr ()
{
  local word=${COMP_WORDS[COMP_CWORD]} options='--help --quiet'
  local commands='info list verify index extract sheet play convert record repair cut cat'

  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word"
      compgen -f -- "$word")
    return
  fi

  case ${COMP_WORDS[1]} in
    info) options+=' --json' ;;
    list) options+=' --json --csv' ;;
    verify) options+=' --json --decode' ;;
    index) ;;
    extract) options+=' --force --time' ;;
    sheet) options+=' --force --columns --frames --size' ;;
    play) options+=' --loop --speed --no-wait --from --paused --no-overlay --sink' ;;
    record)
      options+=' --force --frames --time --size --rate --format --exact-time'
      options+=' --ring --post'
      ;;
    repair) options+=' --force --json --stop-at-damage --drop-old' ;;
    cut) options+=' --force --from --to' ;;
    cat) options+=' --force' ;;
    convert)
      options+=' --force --from --to --every --speed --max-gap --keep-lead'
      options+=' --size --crop --quality --timing --allow-repeats --codec'
      options+=' --format --version --exact-time --times --type --jobs'
      ;;
    help) options=$commands ;;
  esac

  if [[ $word == -* || ${COMP_WORDS[1]} == help ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -o filenames -F _omvstr omvstr
