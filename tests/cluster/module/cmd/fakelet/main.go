// Command fakelet serves the exec part of the kubelet's API for every node of a test cluster: the command that the API
// server asks for runs on this host. It uses the kubelet's own streaming library, so WebSocket, SPDY, stdin, stderr and
// exit codes are the real thing.
//
//	fakelet -listen 127.0.0.1:10250 -cert kubelet.crt -key kubelet.key -client-ca ca.crt -containers DIR
//
// DIR/NAMESPACE/POD holds what is special to a container: the commands that it has beside the host's, and whatever they
// read. DIR/default serves the pods without a folder. The command finds its folder in CONTAINER_ROOT and at the front
// of PATH.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	consts "k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/client-go/tools/remotecommand"
	server "k8s.io/kubelet/pkg/cri/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// runner runs commands on this host as if in the container; pod is "namespace/name".
type runner struct{ containers string }

func (r runner) ExecInContainer(ctx context.Context, pod string, _ types.UID, container string, command []string,
	in io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	c := r.command(ctx, pod, container, command)
	c.Stdout, c.Stderr = out, errOut
	c.WaitDelay = time.Second
	err := run(c, in)
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrWaitDelay): // it ended well, and what it started still holds its output open
		return nil
	case errors.As(err, &exit):
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", exit.ExitCode()), Code: exit.ExitCode()}
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist): // what runc answers, through the CRI
		return fmt.Errorf("OCI runtime exec failed: exec failed: unable to start container process: exec: %q: executable file not found in $PATH: unknown", command[0])
	}
	return err
}

// run ends with the process, as a container runtime does: Cmd would first read a Stdin to its end, and that comes when
// the client has got the exit status.
func run(c *exec.Cmd, in io.Reader) error {
	if in == nil {
		return c.Run()
	}
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	go func() { // until the stream is closed, after the exit status
		io.Copy(stdin, in)
		stdin.Close()
	}()
	return c.Wait()
}

func (r runner) command(ctx context.Context, pod, container string, command []string) *exec.Cmd {
	root := filepath.Join(r.containers, pod)
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		root = filepath.Join(r.containers, "default")
	}
	namespace, name, _ := strings.Cut(pod, "/")
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), "POD_NAMESPACE="+namespace, "POD_NAME="+name, "CONTAINER="+container,
		"CONTAINER_ROOT="+root, "PATH="+root+":"+os.Getenv("PATH"))
	if path, err := exec.LookPath(filepath.Join(root, command[0])); err == nil && !strings.Contains(command[0], "/") {
		c.Path, c.Err = path, nil
	}
	return c
}

func (r runner) serve(w http.ResponseWriter, q *http.Request) {
	options, err := server.NewOptions(q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pod := q.PathValue("namespace") + "/" + q.PathValue("pod")
	server.ServeExec(w, q, r, pod, types.UID(q.PathValue("uid")), q.PathValue("container"), q.URL.Query()["command"],
		options, 4*time.Hour, 30*time.Second, consts.SupportedStreamingProtocols)
}

// clientsOf makes the server ask for client certificates of an authority, as the kubelet does.
func clientsOf(authority string) *tls.Config {
	pem, err := os.ReadFile(authority)
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{
		NextProtos: []string{"http/1.1"}, // SPDY and WebSocket upgrades are HTTP/1.1
		ClientCAs:  pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:10250", "address")
	cert := flag.String("cert", "kubelet.crt", "serving certificate")
	key := flag.String("key", "kubelet.key", "its key")
	clientCA := flag.String("client-ca", "ca.crt", "authority of the clients' certificates")
	containers := flag.String("containers", "containers", "folder of the containers' folders")
	flag.Parse()
	r := runner{*containers}
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", r.serve)
	mux.HandleFunc("/exec/{namespace}/{pod}/{uid}/{container}", r.serve)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	log.Fatal((&http.Server{Addr: *listen, Handler: mux, TLSConfig: clientsOf(*clientCA)}).ListenAndServeTLS(*cert, *key))
}
