package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cluster/fleet"
)

// scene is what a node is like: names of recordings, and what is composed where none is named.
type scene struct {
	Version       string       `json:"version"`
	Map           string       `json:"map"`
	Status        string       `json:"status"`
	EndpointList  string       `json:"endpoint_list"`
	EgressProgram string       `json:"egress_program"` // attached or missing
	Endpoints     []endpoint   `json:"endpoints"`
	Fleet         *fleet.Fleet `json:"fleet"` // of a loaded cluster: everything follows from it and the pod's name

	root string
}

// endpoint is one of the node's; rates and limits in bytes/s.
type endpoint struct {
	ID        int    `json:"id"`
	Identity  int    `json:"identity"`
	Namespace string `json:"namespace"`
	Pod       string `json:"pod"`
	Reserved  string `json:"reserved"` // host or health; empty: a pod's
	Interface string `json:"interface"`
	IPv4      string `json:"ipv4"`
	Rate      int64  `json:"rate"`
	Limit     int64  `json:"limit"`
}

func readScene(root string) (scene, error) {
	s := scene{root: root}
	content, err := os.ReadFile(filepath.Join(root, "scene.json"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(content, &s); err != nil {
		return s, fmt.Errorf("scene.json: %w", err)
	}
	if s.Fleet != nil {
		s.follow(*s.Fleet)
	}
	return s, nil
}

// follow makes the scene of one node of a loaded cluster.
func (s *scene) follow(f fleet.Fleet) {
	s.Version, s.Status, s.EgressProgram = "1.18.4", "status-eks-chaining-cubic-json", "attached"
	var node int
	if _, err := fmt.Sscanf(os.Getenv("POD_NAME"), "cilium-%05d", &node); err != nil {
		return
	}
	s.Endpoints = []endpoint{{ID: fleet.HostEndpoint, Identity: 1, Reserved: "host", Interface: "cilium_host"}}
	for i := range f.PodsOn(node) {
		namespace, name := fleet.PodName(i)
		s.Endpoints = append(s.Endpoints, endpoint{
			ID: f.EndpointID(i), Identity: 10000 + i%fleet.Apps, Namespace: namespace, Pod: name, Interface: fleet.Interface(i),
			IPv4: fleet.IP("100", i), Rate: f.Rate(i), Limit: fleet.Programmed(i),
		})
	}
}

// devices are those that the bandwidth manager names in the recorded status.
func (s scene) devices() []string {
	content, err := os.ReadFile(filepath.Join(s.root, "recordings", s.Version, s.Status+".stdout"))
	if err != nil {
		return nil
	}
	text := string(content)
	var status struct {
		Manager struct{ Devices []string } `json:"bandwidth-manager"`
	}
	if start := strings.Index(text, "{"); start >= 0 && json.Unmarshal([]byte(text[start:]), &status) != nil {
		return nil
	}
	return status.Manager.Devices
}
