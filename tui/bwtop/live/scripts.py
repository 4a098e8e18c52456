"""The shell script that bwtop runs in an agent; what it prints is model.frames.

It needs a POSIX shell and `cat`, which every cilium-agent image has, and leaves nothing behind. Closing an exec does
not end its process (kubernetes#89031), so the script prints a frame for each line that it is sent, and ends when its
input does; each command is bounded by `timeout` where the image has it. Standard error is merged into the section,
because the reason of a failure stands there, and readers skip log lines anyway. The newline before each `exit` mark
is needed: `bandwidth manager not enabled` is printed without one. A frame is printed at once: each write becomes a
message of its own on the way here. A large one is packed where the image has gzip and base64, as Cilium's own have:
`endpoint list` is 5 KB of JSON an endpoint.
"""

from collections.abc import Sequence

from bwtop.model.frames import INSPECT, READER, STATUS

PACK_FROM = 4000
"""Characters; to pack a smaller frame would cost the node three processes for a few packets."""

_SCRIPT = f"""
cilium=cilium-dbg; command -v $cilium >/dev/null 2>&1 || cilium=cilium
bound=; command -v timeout >/dev/null 2>&1 && bound='timeout 10'
section() {{ name=$1; shift; echo "#bwtop section $name"; "$@" </dev/null 2>&1; printf '\\n#bwtop exit %s\\n' $?; }}
sample() {{
  section map $bound $cilium bpf bandwidth list -o json
  section counters cat /proc/uptime /proc/net/dev
}}
inspect() {{
  section status $bound $cilium status -o json
  section endpoints $bound $cilium endpoint list -o json
  section programs $bound bpftool -j net show
}}
tell() {{
  section status $bound $cilium status -o json
  section programs $bound bpftool -j net show
}}
pack=yes; for tool in gzip base64 tr; do command -v $tool >/dev/null 2>&1 || pack=; done
say() {{
  packed=
  if [ -n "$pack" ] && [ ${{#1}} -gt {PACK_FROM} ]; then
    packed=$(printf '%s\\n' "$1" | gzip -c 2>/dev/null | base64 2>/dev/null | tr -d '\\n')
  fi
  if [ -n "$packed" ]; then printf '#bwtop packed %s\\n' "$packed"; else printf '%s\\n' "$1"; fi
}}
i=0
while [ $i -lt $1 ] && IFS= read -r wanted; do
  i=$((i + 1))
  case $wanted in {INSPECT}) frame=$(inspect) ;; {STATUS}) frame=$(tell) ;; *) frame=$(sample) ;; esac
  say "#bwtop begin $i
$frame
#bwtop end $i"
done
"""


def reader_command(*, frames: int) -> Sequence[str]:
    """Prints a sample, an inspection or a status for each line of its input, at most `frames` of them."""
    return ("sh", "-c", _SCRIPT, READER, str(frames))
