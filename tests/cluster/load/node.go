package main

import (
	"fmt"

	"cluster/fleet"
)

func (w writer) namespace(i int) object {
	name := fmt.Sprintf("team-%d", i)
	return newObject("/api/v1/namespaces", "/registry/namespaces/"+name, dict{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": w.meta("namespace", "", name, i, dict{"kubernetes.io/metadata.name": name}, nil),
		"spec":     dict{"finalizers": list{"kubernetes"}}, "status": dict{"phase": "Active"},
	})
}

func condition(kind, status, reason string) dict {
	return dict{"type": kind, "status": status, "reason": reason, "message": "kubelet has " + reason, "lastHeartbeatTime": stamp, "lastTransitionTime": stamp}
}

// node has the kubelet's real address as ExternalIP, and an InternalIP of its own for endpoints to be joined on.
func (w writer) node(i int) object {
	name := fleet.NodeName(i)
	labels := dict{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
		"topology.kubernetes.io/zone": "us-east-1" + string("abc"[i%3]), "node.kubernetes.io/instance-type": "m5.xlarge"}
	m := w.meta("node", "", name, i, labels, dict{"node.alpha.kubernetes.io/ttl": "0"})
	if w.stored {
		m["managedFields"] = list{managed("kubelet", "v1", "", []string{"f:metadata/f:labels/f:kubernetes.io~1hostname", "f:spec/f:providerID"})}
	}
	size := dict{"cpu": "4", "memory": "16Gi", "pods": "110", "ephemeral-storage": "80Gi"}
	return newObject("/api/v1/nodes", "/registry/minions/"+name, dict{
		"apiVersion": "v1", "kind": "Node", "metadata": m, "spec": dict{"providerID": fmt.Sprintf("aws:///us-east-1a/i-%017x", i)},
		"status": dict{
			"capacity": size, "allocatable": size, "daemonEndpoints": dict{"kubeletEndpoint": dict{"Port": w.kubeletPort}},
			"addresses": list{dict{"type": "InternalIP", "address": fleet.IP("10", i)}, dict{"type": "ExternalIP", "address": w.kubeletIP},
				dict{"type": "Hostname", "address": name}, dict{"type": "InternalDNS", "address": name}},
			"conditions": list{condition("MemoryPressure", "False", "KubeletHasSufficientMemory"), condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
				condition("PIDPressure", "False", "KubeletHasSufficientPID"), condition("Ready", "True", "KubeletReady")},
			"nodeInfo": dict{"architecture": "amd64", "bootID": fleet.UID("boot", i), "containerRuntimeVersion": "containerd://1.7.27",
				"kernelVersion": "6.1.141-155.222.amzn2023.x86_64", "kubeProxyVersion": "v1.34.4", "kubeletVersion": "v1.34.4",
				"machineID": fmt.Sprintf("%032x", i), "operatingSystem": "linux", "osImage": "Amazon Linux 2023", "systemUUID": fleet.UID("system", i)},
		},
	})
}

func (w writer) ciliumNode(i int) object {
	name := fleet.NodeName(i)
	return newObject("/apis/cilium.io/v2/ciliumnodes", "/registry/cilium.io/ciliumnodes/"+name, dict{
		"apiVersion": "cilium.io/v2", "kind": "CiliumNode",
		"metadata": w.meta("ciliumnode", "", name, i, dict{"kubernetes.io/hostname": name}, nil),
		"spec": dict{
			"addresses":     list{dict{"ip": fleet.IP("10", i), "type": "InternalIP"}, dict{"ip": fleet.IP("172", i), "type": "CiliumInternalIP"}},
			"alibaba-cloud": dict{}, "azure": dict{}, "encryption": dict{}, "eni": dict{}, "ingress": dict{},
			"health": dict{"ipv4": fleet.IP("172", i+1<<20)}, "bootid": fleet.UID("boot", i), "instance-id": fmt.Sprintf("i-%017x", i),
			"ipam": dict{"podCIDRs": list{fleet.IP("100", i<<8) + "/24"}, "pools": dict{}},
		},
		"status": dict{"alibaba-cloud": dict{}, "azure": dict{}, "eni": dict{}, "ipam": dict{"operator-status": dict{}}},
	})
}
