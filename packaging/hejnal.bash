# Completion of hejnal's commands and arguments for bash.

_hejnal() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local commands="serve check procedure inspect sms deliver cases case mail-health report reports token user backup restore verify simulate"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$current")
    return
  fi
  case $previous in
    --config | --token-file | --attach) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --data) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    --transliterate) mapfile -t COMPREPLY < <(compgen -W "when_cheaper always never" -- "$current"); return ;;
    --language) mapfile -t COMPREPLY < <(compgen -W "pl en" -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "text html json" -- "$current"); return ;;
    --role) mapfile -t COMPREPLY < <(compgen -W "administrator agent reader client" -- "$current"); return ;;
    --http | --lmtp | --sip | --name | --email | --from | --to | --search | --state | --limit | --days | --seed | --seeds | --years | --subject | --provider | --by | --reason | --key) return ;;
    --class) mapfile -t COMPREPLY < <(compgen -W "routine urgent critical" -- "$current"); return ;;
    --wait-for) mapfile -t COMPREPLY < <(compgen -W "reaction answer" -- "$current"); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -W "sqlite memory" -- "$current"); return ;;
  esac
  local words="--help"
  case $command in
    serve) words+=" --sandbox --config --data --http --lmtp --sip --token-file --json" ;;
    check) words+=" --config --live --sms --document" ;;
    procedure) words+=" --language --format --config" ;;
    sms) words+=" --transliterate --json" ;;
    deliver) words+=" --config --data --from --to" ;;
    cases) words+=" --config --data --state --search --limit --json" ;;
    case) words+=" --config --data --json" ;;
    mail-health) words+=" --config --data --days --json" ;;
    report) words+=" --provider --class --subject --attach --wait --wait-for --by --reason --run --until-done --key --config --data --json verify" ;;
    reports) words+=" --all --config --data --json" ;;
    token)
      case ${COMP_WORDS[2]} in
        create) words+=" --name --role --config --data" ;;
        list) words+=" --json --config --data" ;;
        revoke) words+=" --name --config --data" ;;
        *) words+=" create list revoke" ;;
      esac
      ;;
    user)
      case ${COMP_WORDS[2]} in
        invite) words+=" --name --email --role --language --config --data" ;;
        list) words+=" --json --config --data" ;;
        disable | enable) words+=" --name --config --data" ;;
        reset) words+=" --name --totp --config --data" ;;
        *) words+=" invite list disable enable reset" ;;
      esac
      ;;
    backup | restore) words+=" --config --data" ;;
    verify) words+=" --config --data --json" ;;
    simulate) words+=" --seed --years --seeds --store --two-sided --table --reports --svg --json" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  case $command in
    inspect | backup | restore | verify) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
  esac
}

complete -o filenames -F _hejnal hejnal
