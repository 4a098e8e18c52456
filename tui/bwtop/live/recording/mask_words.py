"""Words that name nobody's things: they stay legible in the errors of a masked recording."""

from typing import Final

KINDS: Final = frozenset(
    {"ReplicaSet", "StatefulSet", "DaemonSet", "Deployment", "Job", "CronJob", "ReplicationController", "Node"}
)

_COMMON: Final = """
a about absent access address after again age agent agents all allowed an and annotation answer answered api
apiserver are argument arguments as at attached back-off backoff bad bandwidth be because before between big body
bpf bpftool broken bug but by bytes cannot cause certificate character characters check cilium cilium-agent
cilium-dbg ciliumendpoint ciliumendpoints ciliumnode ciliumnodes closed cluster cluster-wide clusters code command
conflict conflicts connect connecting connection connections contact container containers content context could
counters crash crashed create credentials daemon data deadline decode defined delete denied dev did directory dns do
does down else empty encode end ended endpoint endpoints error errors exceeded exec exit expected expired failed
failure fatal fault file flag flags for forbidden found from gave get give given gone goroutine group groups had
happened has have header headers here hidden hint host http https i/o image in inspection instead interface internal
into invalid ip is it its json key killed kind kubeconfig kubectl kubernetes large late layer like limit limits line
list listed listing log login long loop lost manager many map may message metrics missing much name named namespace
namespaces net network new next no node nodes none not not-found notfound number numbers object of off ok old on
once one only oom open or other out output panic parse parsed parsing patch path peer permission plugin pod pods
pods/exec port print printable printed prints proc program programs proxy range reach reached read reading ready
reason refused reply request requests reset resource resources response rest restart restarted right role route rows
run running s sample samples sampling scope second seconds secret section sections sends sent server server's
service shell short signal silent since slow socket source stale start started starting status status' stderr stdout
still stopped stream such syntax table tables takes target tell terminate terminated text than that the there they
this time timed timeout tls to token tokens told too tried tries try trying type unable unauthorized unavailable
unexpected unknown unmarshal unreachable until up uptime usage user utf-8 values verify version wait was watch
watches way websocket were what when where which while who why with within without wrong yet you your
"""
WORDS: Final = frozenset(_COMMON.split())
