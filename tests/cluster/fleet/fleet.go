// Package fleet says what pod, node and endpoint number i of a loaded cluster look like. The loader writes them and the
// stand-in agents answer for them, so that what is asked and what is programmed come from one place.
package fleet

import (
	"crypto/sha256"
	"fmt"
)

// Fleet is a cluster of Nodes nodes, each with an agent, and of Pods pods spread over them in turn.
type Fleet struct {
	Nodes int  `json:"nodes"`
	Pods  int  `json:"pods"`
	Quiet bool `json:"quiet"` // the pods send nothing
}

// Apps is how many workloads, and so identities, the pods belong to.
const Apps = 400

// FirstEndpoint is the endpoint ID of the first pod of every node: the same numbers on all nodes, as in a real cluster.
const FirstEndpoint = 100

// HostEndpoint is the endpoint ID of every node's host.
const HostEndpoint = 3961

// Limit is an annotation and what Cilium makes of it.
type Limit struct {
	Annotation     string
	BytesPerSecond int64
}

var limits = []Limit{
	{"1M", 125_000}, {"5M", 625_000}, {"10M", 1_250_000}, {"20M", 2_500_000}, {"50M", 6_250_000},
	{"100M", 12_500_000}, {"1G", 125_000_000}, {"1.5G", 187_500_000}, {"10Mi", 1_310_720},
}

// IP is address number i of the /8 whose first byte is prefix.
func IP(prefix string, i int) string {
	return fmt.Sprintf("%s.%d.%d.%d", prefix, i>>16&255, i>>8&255, i&255)
}

// NodeName is the name of node i.
func NodeName(i int) string {
	return fmt.Sprintf("ip-10-%d-%d-%d.ec2.internal", i>>16&255, i>>8&255, i&255)
}

// AgentName is the name of the agent's pod on node i.
func AgentName(i int) string {
	return fmt.Sprintf("cilium-%05d", i)
}

// TemplateHash is the pod-template-hash of pod i's workload.
func TemplateHash(i int) string {
	return fmt.Sprintf("%08x", uint32(i%Apps)*2654435761)
}

// PodName is the namespace and the name of pod i.
func PodName(i int) (string, string) {
	return fmt.Sprintf("team-%d", i%10), fmt.Sprintf("app-%03d-%s-%06d", i%Apps, TemplateHash(i), i)
}

// Interface is the host side interface of pod i.
func Interface(i int) string {
	return fmt.Sprintf("lxc%06d", i)
}

// NodeOf is the node that pod i runs on; each round over the nodes starts one further, so that limited pods are everywhere.
func (f Fleet) NodeOf(i int) int {
	return (i + i/f.Nodes) % f.Nodes
}

// EndpointID is the node-local number of pod i.
func (f Fleet) EndpointID(i int) int {
	return FirstEndpoint + i/f.Nodes
}

// PodsOn yields the pods of a node.
func (f Fleet) PodsOn(node int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for round := 0; round*f.Nodes < f.Pods; round++ {
			i := round*f.Nodes + ((node-round)%f.Nodes+f.Nodes)%f.Nodes
			if i < f.Pods && !yield(i) {
				return
			}
		}
	}
}

// Asked is the limit that pod i is annotated with: every tenth pod has one.
func Asked(i int) (Limit, bool) {
	if i%10 != 0 {
		return Limit{}, false
	}
	return limits[i/10%len(limits)], true
}

// Programmed is what the map of its node says about pod i, in bytes/s, 0 for no limit. One limit in 40 is missing and
// one in 40 is half of what is asked.
func Programmed(i int) int64 {
	asked, ok := Asked(i)
	switch {
	case !ok || i/10%40 == 7:
		return 0
	case i/10%40 == 13:
		return asked.BytesPerSecond / 2
	}
	return asked.BytesPerSecond
}

// Rate is the egress that pod i offers, in bytes/s.
func (f Fleet) Rate(i int) int64 {
	if f.Quiet {
		return 0
	}
	programmed := Programmed(i)
	if programmed == 0 {
		programmed = 500_000
	}
	return programmed / 100 * int64(i/10*37%97)
}

// Digest looks random, so that compression finds no more in it than in real ids, and is the same in every run.
func Digest(kind string, i int) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, i)))
}

// UID is the uid of object i of a kind.
func UID(kind string, i int) string {
	d := Digest(kind, i)
	return d[:8] + "-" + d[8:12] + "-4" + d[12:15] + "-8" + d[15:18] + "-" + d[18:30]
}
