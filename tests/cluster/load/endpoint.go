package main

import (
	"fmt"
	"strings"

	"cluster/fleet"
)

func identityLabels(i int) []string {
	namespace, _ := fleet.PodName(i)
	return []string{
		fmt.Sprintf("k8s:app=app-%03d", i%fleet.Apps), "k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=" + namespace,
		"k8s:io.cilium.k8s.policy.cluster=default", "k8s:io.cilium.k8s.policy.serviceaccount=default",
		"k8s:io.kubernetes.pod.namespace=" + namespace, "k8s:team=" + namespace,
	}
}

func (w writer) identity(i int) object {
	labels, name := dict{}, fmt.Sprint(10000+i)
	for _, label := range identityLabels(i) {
		key, value, _ := strings.Cut(label, "=")
		labels[key] = value
	}
	namespace, _ := fleet.PodName(i)
	return newObject("/apis/cilium.io/v2/ciliumidentities", "/registry/cilium.io/ciliumidentities/"+name, dict{
		"apiVersion": "cilium.io/v2", "kind": "CiliumIdentity", "security-labels": labels,
		"metadata": w.meta("identity", "", name, i, dict{"io.kubernetes.pod.namespace": namespace, "app": fmt.Sprintf("app-%03d", i)}, nil),
	})
}

func (w writer) endpoint(i int, state string) object {
	namespace, name := fleet.PodName(i)
	m := w.meta("cep", namespace, name, i, dict{"app": fmt.Sprintf("app-%03d", i%fleet.Apps), "team": namespace}, nil)
	if w.stored { // through the API the pod's uid is not ours: a garbage collector would delete the endpoint
		m["ownerReferences"] = list{dict{"apiVersion": "v1", "kind": "Pod", "name": name, "uid": fleet.UID("pod", i)}}
		m["generation"] = 1
		m["managedFields"] = list{managed("cilium-agent", "cilium.io/v2", "", managedEndpoint)}
	}
	return newObject("/apis/cilium.io/v2/namespaces/"+namespace+"/ciliumendpoints", "/registry/cilium.io/ciliumendpoints/"+namespace+"/"+name, dict{
		"apiVersion": "cilium.io/v2", "kind": "CiliumEndpoint", "metadata": m, "status": w.endpointStatus(i, state)})
}

func (w writer) endpointStatus(i int, state string) dict {
	namespace, name := fleet.PodName(i)
	var allowed list
	for k := range 12 {
		allowed = append(allowed, dict{"identity": k + 1, "identity-labels": dict{"reserved": "world"}})
	}
	container := fleet.Digest("container", i)
	return dict{
		"id": w.EndpointID(i), "identity": dict{"id": 10000 + i%fleet.Apps, "labels": identityLabels(i)}, "state": state, "encryption": dict{},
		"external-identifiers": dict{"container-id": container, "cni-attachment-id": container + ":eth0",
			"k8s-namespace": namespace, "k8s-pod-name": name, "pod-name": namespace + "/" + name},
		"named-ports": list{dict{"name": "http", "port": 8080, "protocol": "TCP"}, dict{"name": "metrics", "port": 9090, "protocol": "TCP"}},
		"networking":  dict{"addressing": list{dict{"ipv4": fleet.IP("100", i)}}, "node": fleet.IP("10", w.NodeOf(i))},
		"policy": dict{"ingress": dict{"enforcing": true, "state": "enforcing", "allowed": allowed},
			"egress": dict{"enforcing": false, "state": "<status disabled>"}},
	}
}

var managedEndpoint = []string{
	"f:metadata/f:labels/f:app", "f:metadata/f:labels/f:team", "f:metadata/f:ownerReferences/.", "f:status/f:encryption",
	"f:status/f:external-identifiers/f:container-id", "f:status/f:external-identifiers/f:k8s-namespace",
	"f:status/f:external-identifiers/f:k8s-pod-name", "f:status/f:external-identifiers/f:pod-name", "f:status/f:id",
	"f:status/f:identity/f:id", "f:status/f:identity/f:labels", "f:status/f:networking/f:addressing", "f:status/f:networking/f:node",
	"f:status/f:state", "f:status/f:named-ports",
}
