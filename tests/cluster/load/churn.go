package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"cluster/fleet"
)

var endpointStates = []string{"ready", "regenerating", "waiting-to-regenerate", "waiting-for-identity"}

// churner keeps updating random objects of a loaded cluster. A patch costs the API server 2 to 8 ms of CPU; writing to
// etcd spares it that, so that on a small machine the client under test is what is measured.
type churner struct {
	writer
	kinds  []string // "cep", "pod"
	client *http.Client
	server string
	etcd   string // empty: through the API server
}

// churn holds a rate; each worker waits for its answer, so a slow server lowers the rate and the report says so.
func (c churner) churn(perSecond, seconds float64) string {
	ticks := make(chan int, 1024)
	var done, failed, busy atomic.Int64
	wait := startWorkers(16, func() {
		for n := range ticks {
			began := time.Now()
			if c.update(n) != http.StatusOK {
				failed.Add(1)
			}
			busy.Add(int64(time.Since(began)))
			done.Add(1)
		}
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	began := time.Now()
	dropped := tick(ctx, ticks, perSecond, seconds)
	close(ticks)
	wait()
	updates := float64(max(1, done.Load()))
	return fmt.Sprintf(`{"updates": %.0f, "per_second": %.1f, "failed": %d, "dropped": %d, "mean_ms": %.2f}`,
		updates, updates/time.Since(began).Seconds(), failed.Load(), dropped, float64(busy.Load())/updates/1e6)
}

// tick sends numbers at a rate; a full queue drops them and counts the drops.
func tick(ctx context.Context, ticks chan<- int, perSecond, seconds float64) (dropped int) {
	began, n := time.Now(), 0
	for ctx.Err() == nil && time.Since(began).Seconds() < seconds {
		for due := int(time.Since(began).Seconds() * perSecond); n < due; n++ {
			select {
			case ticks <- n:
			default:
				dropped++
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return dropped
}

// update changes one object; object 0 is left to whoever measures with it.
func (c churner) update(n int) int {
	i := 1 + rand.IntN(c.Pods-1)
	namespace, name := fleet.PodName(i)
	endpoint := c.kinds[n%len(c.kinds)] == "cep"
	state := endpointStates[n/2%len(endpointStates)]
	switch {
	case c.etcd != "" && endpoint:
		return put(c.client, c.etcd, []object{c.endpoint(i, state)})
	case c.etcd != "":
		return put(c.client, c.etcd, []object{c.app(i, n)})
	case endpoint:
		return c.patch("/apis/cilium.io/v2/namespaces/"+namespace+"/ciliumendpoints/"+name, "application/merge-patch+json",
			fmt.Sprintf(`{"status":{"state":%q,"log":[{"code":"ok","message":"n%d"}]}}`, state, n))
	}
	return c.patch("/api/v1/namespaces/"+namespace+"/pods/"+name+"/status", "application/strategic-merge-patch+json",
		fmt.Sprintf(`{"status":{"containerStatuses":[{"name":"app","restartCount":%d}]}}`, n))
}

func (c churner) patch(path, contentType, body string) int {
	status, _ := send(c.client, "PATCH", c.server+path, contentType, []byte(body))
	return status
}
