package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// printJSON prints as cilium does: indented, with a blank line at the end.
func printJSON(value any) int {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 70
	}
	fmt.Printf("%s\n\n", content)
	return 0
}

// bandwidthMap is composed in the shape of 1.18: every endpoint has a row, 0 for no limit, the host has priority 7.
func (s scene) bandwidthMap() map[string][]string {
	rows := map[string][]string{}
	for _, e := range s.Endpoints {
		priority := 0
		if e.Reserved == "host" {
			priority = 7
		}
		rows[fmt.Sprintf("%d, 0", e.ID)] = []string{fmt.Sprintf("%d, %d", e.Limit, priority)}
	}
	return rows
}

// endpointList has the fields of a real one that say which interface and which pod an endpoint is.
func (s scene) endpointList() []any {
	list := []any{}
	for _, e := range s.Endpoints {
		addressing, names := []any{}, map[string]string{}
		labels := []string{"reserved:" + e.Reserved}
		if e.IPv4 != "" {
			addressing = append(addressing, map[string]string{"ipv4": e.IPv4, "ipv4-pool-name": "default"})
		}
		if e.Reserved == "" {
			names = map[string]string{"k8s-namespace": e.Namespace, "k8s-pod-name": e.Pod, "pod-name": e.Namespace + "/" + e.Pod}
			labels = []string{"k8s:io.kubernetes.pod.namespace=" + e.Namespace}
		}
		list = append(list, map[string]any{"id": e.ID, "status": map[string]any{
			"external-identifiers": names,
			"identity":             map[string]any{"id": e.Identity, "labels": labels},
			"networking":           map[string]any{"addressing": addressing, "interface-name": e.Interface},
			"state":                "ready",
		}})
	}
	return list
}

const netDevHead = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

// netDev has counters that grow with the machine's uptime, the clock that whoever reads them takes: what a pod sends is
// received on the host's side of its interface.
func (s scene) netDev() string {
	now := uptime()
	var text strings.Builder
	text.WriteString(netDevHead)
	line := func(name string, received int64) {
		fmt.Fprintf(&text, "%6s: %d %d 0 0 0 0 0 0 %d %d 0 0 0 0 0 0\n", name, received, received/1400, received/40, received/1400)
	}
	line("lo", 0)
	line("eth0", int64(now*1000))
	for _, e := range s.Endpoints {
		line(e.Interface, int64(now*float64(e.Rate)))
	}
	return text.String()
}

// uptime is in seconds.
func uptime() float64 {
	var seconds float64
	content, err := os.ReadFile("/proc/uptime")
	if err == nil {
		fmt.Sscan(string(content), &seconds)
	}
	return seconds
}
