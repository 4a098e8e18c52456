// Command agent stands in for the programs in a cilium-agent's container: cilium, cilium-dbg, bpftool and cat, by the name
// that it is called with. It answers from recordings of real ones and from the scene of its container:
// CONTAINER_ROOT/scene.json says what the node is like, CONTAINER_ROOT/recordings holds VERSION/NAME.stdout, .stderr, .exit.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	root := os.Getenv("CONTAINER_ROOT")
	name := filepath.Base(os.Args[0])
	if name == "cat" {
		os.Exit(cat(root, os.Args[1:]))
	}
	scene, err := readScene(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(70)
	}
	os.Exit(scene.run(name, strings.Join(os.Args[1:], " ")))
}

// cat prints files; /proc/net/dev is that of the scene's node.
func cat(root string, paths []string) int {
	for _, path := range paths {
		if path == "/proc/net/dev" {
			if scene, err := readScene(root); err == nil {
				fmt.Print(scene.netDev())
				continue
			}
		}
		file, err := os.Open(path)
		if err != nil {
			fmt.Fprintf(os.Stderr, "cat: %s: No such file or directory\n", path)
			return 1
		}
		io.Copy(os.Stdout, file)
		file.Close()
	}
	return 0
}

// run answers one command line; what no scene answers is an error, so that a new command is noticed.
func (s scene) run(program, arguments string) int {
	switch {
	case program == "bpftool" && arguments == "-j net show":
		return s.netShow()
	case program == "bpftool":
	case arguments == "bpf bandwidth list -o json" && s.Map == "":
		return printJSON(s.bandwidthMap())
	case arguments == "bpf bandwidth list -o json":
		return s.replay(s.Map)
	case arguments == "status -o json":
		return s.replay(s.Status)
	case arguments == "endpoint list -o json" && s.EndpointList == "":
		return printJSON(s.endpointList())
	case arguments == "endpoint list -o json":
		return s.replay(s.EndpointList)
	}
	fmt.Fprintf(os.Stderr, "Error: the stand-in has no answer to: %s %s\n", program, arguments)
	return 64
}

// replay prints a recording as it was printed, with its exit status.
func (s scene) replay(name string) int {
	path := filepath.Join(s.root, "recordings", s.Version, name)
	for file, suffix := range map[*os.File]string{os.Stdout: ".stdout", os.Stderr: ".stderr"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 70
		}
		file.Write(content)
	}
	content, err := os.ReadFile(path + ".exit")
	if err != nil {
		return 0
	}
	status, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 70
	}
	return status
}

// netShow lists the programs at the devices, as recorded from a 1.18.4 agent with and without the egress program.
func (s scene) netShow() int {
	type program struct {
		Device string `json:"devname"`
		Index  int    `json:"ifindex"`
		Kind   string `json:"kind"`
		Name   string `json:"name"`
		ID     int    `json:"id"`
	}
	var programs []program
	add := func(device, kind, name string) {
		programs = append(programs, program{device, 4 + len(programs)/2, kind, name, 265 + len(programs)})
	}
	for _, device := range s.devices() {
		add(device, "clsact/ingress", "cil_from_netdev-"+device)
		if s.EgressProgram == "attached" {
			add(device, "clsact/egress", "cil_to_netdev-"+device)
		}
	}
	add("cilium_net", "clsact/ingress", "cil_to_host-cilium_net")
	add("cilium_host", "clsact/ingress", "cil_to_host-cilium_host")
	add("cilium_host", "clsact/egress", "cil_from_host-cilium_host")
	for _, e := range s.Endpoints {
		if e.Reserved == "" {
			add(e.Interface, "clsact/ingress", "cil_from_container-"+e.Interface)
		}
	}
	answer := []any{map[string]any{"xdp": []any{}, "tc": programs, "flow_dissector": []any{}}}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		return 70
	}
	return 0
}
