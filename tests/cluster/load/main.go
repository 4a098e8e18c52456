// Command load fills an API server with a cluster that runs Cilium, and keeps updating it. Standard library only.
//
//	load -run DIR -nodes 100 -pods 1000               through the API server: uids, times, managedFields are the server's own
//	load -run DIR -nodes 2000 -pods 50000 -via etcd   straight into etcd: the running API server sees them by its watch
//	load -run DIR -pods 1000 -churn 200 -seconds 60   no loading: 200 updates/s, half CiliumEndpoints, half pods (-kinds cep,pod)
//
// DIR is the folder of a running cluster (`up DIR`). What was loaded is written to DIR/containers/default/scene.json, from
// which the stand-in agents answer. Churn with -via etcd needs what -via etcd loaded, with the same -nodes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cluster/fleet"
)

// remember tells the stand-in agents what was loaded.
func remember(r run, f fleet.Fleet) {
	content, err := json.Marshal(dict{"fleet": f})
	if err == nil {
		err = os.WriteFile(filepath.Join(string(r), "containers", "default", "scene.json"), content, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func fill(r run, w writer, workers int) {
	remember(r, w.Fleet)
	began, writes := time.Now(), 0
	if w.stored {
		writes = fillEtcd(r, w)
	} else {
		writes = fillAPI(r, w, workers)
	}
	seconds := time.Since(began).Seconds()
	fmt.Printf(`{"nodes": %d, "pods": %d, "writes": %d, "seconds": %.1f, "per_second": %.0f}`+"\n", w.Nodes, w.Pods, writes, seconds, float64(writes)/seconds)
}

func newChurner(r run, w writer, kinds string) churner {
	c := churner{writer: w, kinds: strings.Split(kinds, ","), client: r.client(16), server: r.address("server")}
	if w.stored {
		c.etcd, c.client = r.address("etcd.url"), &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	}
	return c
}

func main() {
	log.SetFlags(0)
	dir := flag.String("run", "run", "folder of a running cluster")
	nodes := flag.Int("nodes", 100, "nodes, each with a CiliumNode and an agent pod")
	pods := flag.Int("pods", 1000, "pods, each with a CiliumEndpoint")
	via := flag.String("via", "api", "api or etcd")
	workers := flag.Int("workers", 48, "requests in flight while loading")
	rate := flag.Float64("churn", 0, "updates a second instead of loading")
	kinds := flag.String("kinds", "cep,pod", "what churn updates")
	seconds := flag.Float64("seconds", 1e9, "how long churn goes on")
	address := flag.String("kubelet-ip", "127.0.0.1", "ExternalIP of every node: where the API server reaches the kubelet")
	port := flag.Int("kubelet-port", 10250, "port of the kubelet that every node names")
	flag.Parse()
	r, w := run(*dir), writer{fleet.Fleet{Nodes: *nodes, Pods: *pods}, *via == "etcd", *address, *port}
	if *rate > 0 {
		fmt.Println(newChurner(r, w, *kinds).churn(*rate, *seconds))
		return
	}
	fill(r, w, *workers)
}
