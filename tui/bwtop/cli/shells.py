"""The completion scripts of the shells, and what their functions are answered.

Written anew over click's, whose bash tears words at `:` (the contexts of EKS are `arn:aws:eks:...`) and `=`, whose
fish and zsh know no `--flag=value`, and whose fish cuts help at a comma.
"""

import os
from typing import Final

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

_BASH: Final = r"""%(complete_func)s() {
    local IFS=$'\n' type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            plain) COMPREPLY+=("$value") ;;
            dir | file)
                compopt -o filenames 2>/dev/null
                COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}"))
                ;;
        esac
    done < <(
        _BWTOP_LINE="${COMP_LINE:0:COMP_POINT}" _BWTOP_BREAKS="$COMP_WORDBREAKS" \
            %(complete_var)s=bash_complete "$1" 2>/dev/null
    )
}

complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""

_ZSH: Final = r"""#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain told response
    local line="${(j: :)words[1,CURRENT-1]} ${PREFIX}"
    local type key descr
    (( ! $+commands[%(prog_name)s] )) && return 1

    response=("${(@f)$(_BWTOP_LINE="$line" %(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")

    for type key descr in ${response}; do
        case $type in
            plain) [[ $descr == _ ]] && plain+=("$key") || told+=("$key:$descr") ;;
            dir | file)
                [[ $PREFIX == -*=* ]] && compset -P '*='
                _path_files
                ;;
        esac
    done

    (( $#told )) && _describe -V unsorted told -U
    (( $#plain )) && compadd -U -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH: Final = r"""function %(complete_func)s
    set -lx _BWTOP_LINE (string join " " -- (commandline -opc) (commandline -ct))
    set -lx %(complete_var)s fish_complete
    for completion in (%(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case plain
                echo $parts[2]
            case dir file
                set -l flag (string match -r -- "^--[^=]*=" $parts[2])
                for path in (__fish_complete_path (string replace -r -- "^--[^=]*=" "" $parts[2]))
                    echo "$flag$path"
                end
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Shell(ShellComplete):
    """The script hands over the line up to the cursor, as it was typed."""

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ.get("_BWTOP_LINE", "")
        words = split_arg_string(line)[1:]
        if not words or (line[-1:].isspace() and not line.endswith("\\ ")):
            return words, ""
        return words[:-1], words[-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Of `--flag=va` the whole word, for that is what a shell puts the completion in the place of."""
        items = super().get_completions(args, incomplete)
        flag, equals, _ = incomplete.partition("=")
        if not (equals and flag.startswith("--")):
            return items
        return [CompletionItem(f"{flag}={item.value}", item.type, item.help) for item in items]


class Bash(_Shell):
    name = "bash"
    source_template = _BASH

    def format_completion(self, item: CompletionItem) -> str:
        """Without what readline has left of the last break in the word."""
        _, incomplete = self.get_completion_args()
        breaks = os.environ.get("_BWTOP_BREAKS", "")
        at = max((incomplete.rfind(sign) for sign in ":=" if sign in breaks), default=-1)
        return f"{item.type},{_quoted(item.value[at + 1 :])}"


class Zsh(_Shell):
    name = "zsh"
    source_template = _ZSH

    def format_completion(self, item: CompletionItem) -> str:
        """Three lines; `_describe` splits at the first colon that is not escaped, and zsh quotes by itself."""
        value = item.value.replace(":", r"\:") if item.help else item.value
        return "\n".join([item.type, value, item.help or "_"])


class Fish(_Shell):
    name = "fish"
    source_template = _FISH

    def format_completion(self, item: CompletionItem) -> str:
        """Fish quotes by itself."""
        return f"{item.type},{item.value}" + (f"\t{item.help}" if item.help else "")


SHELLS: Final = (Bash, Zsh, Fish)
for _shell in SHELLS:
    add_completion_class(_shell)


def _quoted(value: str) -> str:
    """With backslashes before what a shell would take apart; names of Kubernetes need none."""
    return "".join(f"\\{sign}" if sign in " \t'\"\\$`&;|<>()*?[]{}!#" else sign for sign in value)
