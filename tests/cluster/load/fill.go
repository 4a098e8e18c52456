package main

import (
	"encoding/json"
	"log"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// fillAPI creates the objects through the API server and says how many writes that took.
func fillAPI(r run, w writer, workers int) int {
	client, server, queue := r.client(workers), r.address("server"), make(chan object, 256)
	var writes atomic.Int64
	wait := startWorkers(workers, func() {
		for o := range queue {
			writes.Add(int64(create(client, server, o)))
		}
	})
	w.all(func(o object) { queue <- o })
	close(queue)
	wait()
	return int(writes.Load())
}

// create posts an object; a created pod loses its status, so that is written again as its kubelet would.
func create(client *http.Client, server string, o object) int {
	status, answer := send(client, "POST", server+o.path, "application/json", o.body)
	if status != http.StatusCreated && status != http.StatusConflict {
		log.Fatalf("%s: %d %s", o.path, status, answer)
	}
	if !strings.HasSuffix(o.path, "/pods") {
		return 1
	}
	var pod struct {
		Metadata struct{ Name string }
		Status   json.RawMessage
	}
	if err := json.Unmarshal(o.body, &pod); err != nil {
		log.Fatal(err)
	}
	patch := append(append([]byte(`{"status":`), pod.Status...), '}')
	url := server + o.path + "/" + pod.Metadata.Name + "/status"
	if status, answer := send(client, "PATCH", url, "application/merge-patch+json", patch); status != http.StatusOK {
		log.Fatalf("%s: %d %s", url, status, answer)
	}
	return 2
}

// fillEtcd writes the objects straight into etcd: the running API server sees them by its watch.
func fillEtcd(r run, w writer) int {
	const connections, batchSize = 4, 64
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	etcd, queue := r.address("etcd.url"), make(chan []object, 2*connections)
	var writes atomic.Int64
	wait := startWorkers(connections, func() {
		for batch := range queue {
			if put(client, etcd, batch) != http.StatusOK {
				log.Fatal("etcd refused the objects")
			}
			writes.Add(int64(len(batch)))
		}
	})
	var batch []object
	w.all(func(o object) {
		if batch = append(batch, o); len(batch) == batchSize {
			queue <- batch
			batch = nil
		}
	})
	queue <- batch
	close(queue)
	wait()
	return int(writes.Load())
}

// startWorkers starts n goroutines; the returned function waits until they are done.
func startWorkers(n int, work func()) (wait func()) {
	var group sync.WaitGroup
	for range n {
		group.Add(1)
		go func() {
			defer group.Done()
			work()
		}()
	}
	return group.Wait
}
