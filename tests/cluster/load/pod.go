package main

import (
	"fmt"
	"strings"

	"cluster/fleet"
)

// podSpec is what differs between an application's pod and an agent's.
type podSpec struct {
	kind, namespace, name, nodeName, podIP, hostIP, container, image string
	labels, annotations                                              dict
	variables, restarts                                              int
}

func (w writer) agent(i int) object {
	return w.pod(i, podSpec{
		kind: "agent", namespace: "kube-system", name: fleet.AgentName(i), nodeName: fleet.NodeName(i),
		podIP: fleet.IP("10", i), hostIP: fleet.IP("10", i), container: "cilium-agent", image: "quay.io/cilium/cilium:v1.18.4",
		labels:    dict{"k8s-app": "cilium", "app.kubernetes.io/name": "cilium-agent", "app.kubernetes.io/part-of": "cilium"},
		variables: 20,
	})
}

func (w writer) app(i, restarts int) object {
	namespace, name := fleet.PodName(i)
	at := w.NodeOf(i)
	annotations := dict{"prometheus.io/scrape": "true", "prometheus.io/port": "9090"}
	if asked, ok := fleet.Asked(i); ok {
		annotations["kubernetes.io/egress-bandwidth"] = asked.Annotation
	}
	return w.pod(i, podSpec{
		kind: "pod", namespace: namespace, name: name, nodeName: fleet.NodeName(at),
		podIP: fleet.IP("100", i), hostIP: fleet.IP("10", at), container: "app", image: "registry.example/team/app:1.2.3",
		labels:      dict{"app": fmt.Sprintf("app-%03d", i%fleet.Apps), "pod-template-hash": fleet.TemplateHash(i), "team": namespace},
		annotations: annotations, variables: 16, restarts: restarts,
	})
}

func (w writer) pod(i int, p podSpec) object {
	m := w.meta(p.kind, p.namespace, p.name, i, p.labels, p.annotations)
	m["generateName"] = p.name[:strings.LastIndexByte(p.name, '-')+1]
	if w.stored {
		m["generation"] = 1
		m["managedFields"] = list{
			managed("kube-controller-manager", "v1", "", p.managedSpec()),
			managed("kubelet", "v1", "status", managedStatus()),
		}
	}
	key := p.namespace + "/" + p.name
	return newObject("/api/v1/namespaces/"+p.namespace+"/pods", "/registry/pods/"+key, dict{
		"apiVersion": "v1", "kind": "Pod", "metadata": m, "spec": p.spec(i), "status": p.status(i)})
}

func (p podSpec) spec(i int) dict {
	token := fmt.Sprintf("kube-api-access-%05x", i&0xfffff)
	notReady := func(what string) dict {
		return dict{"operator": "Exists", "key": "node.kubernetes.io/" + what, "effect": "NoExecute", "tolerationSeconds": 300}
	}
	return dict{
		"nodeName": p.nodeName, "hostNetwork": p.kind == "agent", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
		"schedulerName": "default-scheduler", "serviceAccountName": "default", "serviceAccount": "default", "securityContext": dict{},
		"enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority", "priority": 0, "terminationGracePeriodSeconds": 1,
		"containers":  list{p.containerSpec(i, token)},
		"tolerations": list{notReady("not-ready"), notReady("unreachable")},
		"volumes": list{dict{"name": token, "projected": dict{"defaultMode": 420, "sources": list{
			dict{"serviceAccountToken": dict{"expirationSeconds": 3607, "path": "token"}},
			dict{"configMap": dict{"name": "kube-root-ca.crt", "items": list{dict{"key": "ca.crt", "path": "ca.crt"}}}},
			dict{"downwardAPI": dict{"items": list{dict{"path": "namespace", "fieldRef": dict{"apiVersion": "v1", "fieldPath": "metadata.namespace"}}}}},
		}}}},
	}
}

func (p podSpec) containerSpec(i int, token string) dict {
	var variables list
	for k := range p.variables {
		value := fmt.Sprintf("https://service-%02d.team-%d.svc.cluster.local:8443/%s", k, i%10, fleet.Digest(p.container, i%fleet.Apps*100+k)[:14])
		variables = append(variables, dict{"name": fmt.Sprintf("SETTING_%02d", k), "value": value})
	}
	probe := func(path string) dict {
		return dict{"httpGet": dict{"path": path, "port": 8080, "scheme": "HTTP"}, "initialDelaySeconds": 5, "periodSeconds": 10,
			"timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3}
	}
	return dict{
		"name": p.container, "image": p.image, "imagePullPolicy": "IfNotPresent", "env": variables,
		"ports":         list{dict{"name": "http", "containerPort": 8080, "protocol": "TCP"}},
		"livenessProbe": probe("/healthz"), "readinessProbe": probe("/ready"),
		"resources":              dict{"limits": dict{"cpu": "500m", "memory": "512Mi"}, "requests": dict{"cpu": "100m", "memory": "128Mi"}},
		"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
		"volumeMounts": list{dict{"name": token, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true}},
	}
}

var conditionTypes = []string{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"}

func (p podSpec) status(i int) dict {
	var conditions list
	for _, t := range conditionTypes {
		conditions = append(conditions, dict{"type": t, "status": "True", "lastProbeTime": nil, "lastTransitionTime": stamp})
	}
	return dict{
		"phase": "Running", "conditions": conditions, "hostIP": p.hostIP, "hostIPs": list{dict{"ip": p.hostIP}}, "podIP": p.podIP,
		"podIPs": list{dict{"ip": p.podIP}}, "startTime": stamp, "qosClass": "Burstable",
		"containerStatuses": list{dict{
			"name": p.container, "state": dict{"running": dict{"startedAt": stamp}}, "lastState": dict{}, "ready": true, "started": true,
			"restartCount": p.restarts, "image": p.image, "imageID": p.image + "@sha256:" + fleet.Digest("image", i%fleet.Apps),
			"containerID": "containerd://" + fleet.Digest("container", i),
		}},
	}
}

func (p podSpec) managedSpec() []string {
	container := `f:spec/f:containers/k:{"name":"` + p.container + `"}/`
	paths := []string{"f:metadata/f:labels/f:app", "f:metadata/f:labels/f:pod-template-hash", "f:metadata/f:generateName",
		"f:spec/f:dnsPolicy", "f:spec/f:enableServiceLinks", "f:spec/f:restartPolicy", "f:spec/f:schedulerName",
		"f:spec/f:securityContext", "f:spec/f:terminationGracePeriodSeconds"}
	for _, field := range []string{"f:image", "f:imagePullPolicy", "f:name", "f:resources/f:limits/f:cpu", "f:resources/f:requests/f:cpu",
		"f:livenessProbe/f:httpGet/f:path", "f:readinessProbe/f:httpGet/f:path", "f:terminationMessagePath", "f:terminationMessagePolicy",
		`f:ports/k:{"containerPort":8080,"protocol":"TCP"}/f:containerPort`} {
		paths = append(paths, container+field)
	}
	for k := range p.variables {
		variable := fmt.Sprintf(`%sf:env/k:{"name":"SETTING_%02d"}/`, container, k)
		paths = append(paths, variable+"f:name", variable+"f:value")
	}
	return paths
}

func managedStatus() []string {
	paths := []string{"f:status/f:containerStatuses", "f:status/f:hostIP", "f:status/f:hostIPs", "f:status/f:phase",
		"f:status/f:podIP", "f:status/f:podIPs", "f:status/f:startTime"}
	for _, t := range conditionTypes {
		for _, field := range []string{".", "f:lastProbeTime", "f:lastTransitionTime", "f:status", "f:type"} {
			paths = append(paths, `f:status/f:conditions/k:{"type":"`+t+`"}/`+field)
		}
	}
	return paths
}
