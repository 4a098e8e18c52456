package main

import (
	"encoding/json"
	"log"
	"strings"

	"cluster/fleet"
)

type dict = map[string]any
type list = []any

const stamp = "2026-01-02T03:04:05Z"

// object is one API object and the two ways to it: the path of its collection and its key in etcd.
type object struct {
	path, key string
	body      []byte
}

// writer makes the objects of a fleet, as the API server takes them or as etcd stores them.
type writer struct {
	fleet.Fleet
	stored      bool // as etcd stores them: with uid, times, generation and managedFields
	kubeletIP   string
	kubeletPort int
}

func newObject(path, key string, content dict) object {
	body, err := json.Marshal(content)
	if err != nil {
		log.Fatal(err)
	}
	return object{path, key, body}
}

func (w writer) meta(kind, namespace, name string, i int, labels, annotations dict) dict {
	m := dict{"name": name, "labels": labels, "annotations": annotations}
	if namespace != "" {
		m["namespace"] = namespace
	}
	if w.stored {
		m["uid"], m["creationTimestamp"] = fleet.UID(kind, i), stamp
	}
	return m
}

// managed is an entry of managedFields: a real pod's are half of its bytes.
func managed(manager, apiVersion, subresource string, paths []string) dict {
	tree := dict{}
	for _, path := range paths {
		at := tree
		for _, part := range strings.Split(path, "/") {
			next, ok := at[part].(dict)
			if !ok {
				next = dict{}
				at[part] = next
			}
			at = next
		}
	}
	m := dict{"manager": manager, "operation": "Update", "apiVersion": apiVersion, "time": stamp, "fieldsType": "FieldsV1", "fieldsV1": tree}
	if subresource != "" {
		m["subresource"] = subresource
	}
	return m
}

// all yields the objects of the fleet, what others refer to first.
func (w writer) all(yield func(object)) {
	for i := range 10 {
		yield(w.namespace(i))
	}
	for i := range w.Nodes {
		yield(w.node(i))
		yield(w.ciliumNode(i))
		yield(w.agent(i))
	}
	for i := range min(fleet.Apps, w.Pods) {
		yield(w.identity(i))
	}
	for i := range w.Pods {
		yield(w.app(i, 0))
		yield(w.endpoint(i, "ready"))
	}
}
