package fleet

import "testing"

func TestEveryPodIsOnExactlyTheNodeThatListsIt(t *testing.T) {
	f := Fleet{Nodes: 7, Pods: 100}
	seen := map[int]bool{}
	for node := range f.Nodes {
		ids := map[int]bool{}
		for i := range f.PodsOn(node) {
			if f.NodeOf(i) != node {
				t.Errorf("pod %d is listed on node %d and is on %d", i, node, f.NodeOf(i))
			}
			if ids[f.EndpointID(i)] {
				t.Errorf("endpoint ID %d twice on node %d", f.EndpointID(i), node)
			}
			ids[f.EndpointID(i)], seen[i] = true, true
		}
	}
	if len(seen) != f.Pods {
		t.Errorf("%d of %d pods are on a node", len(seen), f.Pods)
	}
}
