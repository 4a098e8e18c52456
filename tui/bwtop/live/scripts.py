"""The two shell scripts that bwtop runs in an agent; what they print is model.frames.

They need a POSIX shell and `cat`, which every cilium-agent image has, and leave nothing behind. Closing an exec does
not end its process (kubernetes#89031), so the sampling loop prints a frame for each line that it is sent, and ends when
its input does; each command is bounded by `timeout` where the image has it. Standard error is merged into the section,
because the reason of a failure stands there, and readers skip log lines anyway. The newline before each `exit` mark
is needed: `bandwidth manager not enabled` is printed without one. A sample is printed at once: each write becomes a
message of its own on the way here.
"""

from collections.abc import Sequence

from bwtop.model.frames import INSPECT, SAMPLE

_PRELUDE = """
cilium=cilium-dbg; command -v $cilium >/dev/null 2>&1 || cilium=cilium
bound=; command -v timeout >/dev/null 2>&1 && bound='timeout 10'
section() { name=$1; shift; echo "#bwtop section $name"; "$@" </dev/null 2>&1; printf '\\n#bwtop exit %s\\n' $?; }
"""

_SAMPLE = (
    _PRELUDE
    + """
i=0
while [ $i -lt $1 ] && IFS= read -r _; do
  i=$((i + 1))
  frame=$(
    section map $bound $cilium bpf bandwidth list -o json
    section uptime cat /proc/uptime
    section net cat /proc/net/dev
  )
  printf '#bwtop begin %s\\n%s\\n#bwtop end %s\\n' $i "$frame" $i
done
"""
)

_INSPECT = (
    _PRELUDE
    + """
echo "#bwtop begin 1"
section status $bound $cilium status -o json
section endpoints $bound $cilium endpoint list -o json
section programs $bound bpftool -j net show
echo "#bwtop end 1"
"""
)


def sample_command(*, frames: int) -> Sequence[str]:
    """Prints the bandwidth map and the interface counters for each line of its input, at most `frames` times."""
    return ("sh", "-c", _SAMPLE, SAMPLE, str(frames))


def inspect_command() -> Sequence[str]:
    """Prints status, endpoints and egress programs once."""
    return ("sh", "-c", _INSPECT, INSPECT)
